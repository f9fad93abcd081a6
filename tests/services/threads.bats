#!/usr/bin/env bats
# The cost of several services: two threads, three with relayed logs; no wake-up while nothing
# happens; little memory.

load helpers

# services N [LINE]: configures N services, each with that line.
services() {
    local i
    for ((i = 1; i <= $1; i++)); do
        printf '[s%d]\ncommand = sleep 300\n%s\n' "$i" "${2-}"
    done >conf
}

# The pages of foster's own, in KiB, without those of the binary: they are dirty on a tmpfs, or when
# it was just built.
memory_of() { awk '/^(Anonymous|Swap):/ { n += $2 } END { print n }' "/proc/$1/smaps_rollup"; }
switches() {
    cat "/proc/$init"/task/*/status |
        awk '/^(non)?voluntary_ctxt/ { n += $2 } END { print n }'
}

@test "one program has one thread" {
    start_ready as_pid1 signals
    [ "$(threads_of "$init")" -eq 1 ]
    send TERM
    ends 0
}

@test "two threads, three with relayed logs, however many services there are" {
    for case in raw:2 prefix:3 json:3; do
        services 50 "log = ${case%:*}"
        run_foster as_pid1
        wait_until has_children 50
        [ "$(threads_of "$init")" -eq "${case#*:}" ]
        send TERM
        wait "$job" || true
    done
    services 50 'restart = always'
    run_foster as_pid1
    wait_until has_children 50
    [ "$(threads_of "$init")" -eq 2 ]
}
has_children() { [ "$(pgrep -c -P "$init" -x sleep)" -eq "$1" ]; }

@test "no wake-up while nothing happens" {
    services 20 'log = prefix'
    printf '[n]\ncommand = service n notify READY=1\nready = notify\n' >>conf
    printf 'ready_timeout = 60s\nrestart = always\n' >>conf
    run_foster as_pid1
    happens 'n starts'
    wait_until has_children 20
    ctl wait n
    settled=$(switches)
    wait_until is_settled
    before=$(switches)
    read -r -t 3 _ <> <(:) || true
    [ "$(switches)" -eq "$before" ]
}
# Longer than the 100 ms after which foster searches once more for children that have ended
# (SEARCH_AFTER).
is_settled() {
    local before=$settled
    read -r -t 0.5 _ <> <(:) || true
    settled=$(switches)
    [ "$before" -eq "$settled" ]
}

# A fork copies each mapping and each page table (src/base/arena.c). The kernel's own mappings do
# not count.
# bats test_tags=shipped
@test "300 services: a start copies six mappings and 36 KiB of page tables" {
    services 300
    run_foster as_pid1
    wait_until has_children 300
    [ "$(grep -vcE '\[(vvar|vdso|vsyscall)' "/proc/$init/maps")" -le 6 ]
    [ "$(awk '/^VmPTE:/ { print $2 }' "/proc/$init/status")" -le 36 ]
    send TERM
    wait "$job" || true
}

# Equal commands are kept once, different ones each.
# bats test_tags=shipped
@test "1000 services: foster's own memory is below 192 KiB, with own commands below 224" {
    LIMIT=60
    services 1000
    for limit in 192 224; do
        run_foster as_pid1
        wait_until has_children 1000
        memory=$(memory_of "$init")
        echo "$memory KiB"
        [ "$memory" -lt "$limit" ]
        from=$(now_ms)
        send TERM
        wait "$job" || true
        within "$from" 9000
        awk '/^command/ { $0 = $0 " " ++n } 1' conf >own && mv own conf
    done
}

@test "no descriptor is left over after a hundred restarts, probes and clients" {
    configure <<-'END'
		[a]
		command = service a newline 5 exit 1
		ready = fd:5
		restart = always
		restart_delay = 1ms
		healthcheck = exit 0
		healthcheck_interval = 10ms
		log = prefix
		[b]
		command = service b exit 1
		restart = always
		restart_delay = 1ms
		stdin = /dev/zero
		log = file:printed
	END
    run_foster as_pid1
    happens 'a starts' 5
    happens 'b starts' 5
    ctl stop a b
    before=$(descriptors)
    ctl start --timeout 5ms a b || true
    happens 'a starts' 100
    happens 'b starts' 100
    for _ in {1..20}; do ctl status >/dev/null; done
    ctl stop a b
    wait_until no_more_descriptors_than "$((before + 1))"
    [ "$(pgrep -r Z -P "$init" -c)" -eq 0 ]
}
# Each thread may have a descriptor table of its own.
descriptors() { find "/proc/$init/task"/*/fd -mindepth 1 | wc -l; }
no_more_descriptors_than() { [ "$(descriptors)" -le "$1" ]; }
