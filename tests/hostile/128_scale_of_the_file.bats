#!/usr/bin/env bats
# 10,000 services and 200,000 faults are read in time: no step is quadratic. CPU time is measured,
# because it does not depend on other work of the machine.

load helpers

MOST_MS=2000
SERVICES=10000
FAULTS=200000

# costs CODE MOST ARG...: checks the exit code of foster, and that it took at most MOST ms of CPU.
costs() {
    local code=0 expected=$1 most=$2 used
    shift 2
    TIMEFORMAT='%3U %3S'
    used=$({ time timeout -s KILL 60 "$FOSTER" "$@" >out 2>err 3>&-; } 2>&1) || code=$?
    used=$(awk '{ print int(($1 + $2) * 1000) }' <<<"$used")
    [[ $code -eq $expected && $used -le $most ]] || { echo "$*: exit $code, $used ms" && return 1; }
}

# check CODE: checks the configuration from stdin.
check() {
    configure
    costs "$1" "$MOST_MS" --check --config conf
}

services() { # settings of their own
    seq "$SERVICES" | sed 's/.*/[s&]\ncommand = sleep &\nenvironment = A=&\nworking_dir = \/srv\/&/'
}

@test "10,000 services with keys of their own are checked in 2 s (128)" {
    services | check 0
    [ "$(tail -n 1 out)" = "$SERVICES services, no faults" ]
}

@test "10,000 services are started in 2 s, all but one with autostart = no (128)" {
    services | sed '/^command/a autostart = no' | configure
    printf '[one]\ncommand = true\nessential = yes\n' >>conf
    costs 0 "$MOST_MS" --control none --config conf
}

@test "200,000 malformed section heads are reported in 2 s (128)" {
    seq "$FAULTS" | sed 's/.*/[bad &]/' | check 2
    [ "$(wc -l <err)" -eq "$FAULTS" ]
}

@test "200,000 unknown keys, each similar to many known ones, are reported in 2 s (128)" {
    { echo '[a]' && seq "$FAULTS" | sed 's/.*/healthcheck_& = x/'; } | check 2
    [ "$(wc -l <err)" -eq $((FAULTS + 1)) ]
}

@test "200,000 repeated sections are reported in 2 s (128)" {
    { services && seq "$FAULTS" | sed "s/.*/[s$SERVICES]/"; } | check 2
    [ "$(grep -c "is there already, in conf:$((4 * SERVICES - 3))" err)" -eq "$FAULTS" ]
}

@test "200,000 dependencies on unknown services are reported in 2 s (128)" {
    seq "$SERVICES" | sed 's/.*/[s&]\ncommand = true\ndepends_on = x&/' | check 2
    [ "$(grep -c 'unknown service' err)" -eq "$SERVICES" ]
}

@test "a service that depends on all others, twice, is checked in 2 s (128)" {
    {
        services && printf '[all]\ncommand = true\n' &&
            seq "$SERVICES" | sed 's/.*/depends_on = s& s&/'
    } | check 2
    [ "$(grep -c 'twice' err)" -eq "$SERVICES" ]
}

@test "the longest chain of dependencies, in reverse order, is checked on a small stack (128)" {
    seq 65534 | awk '{
        print "[s" $1 "]\ncommand = true" ($1 < 65534 ? "\ndepends_on = s" $1 + 1 : "")
    }' >conf
    ulimit -s 256
    costs 0 "$MOST_MS" --check --config conf
}

@test "many circles of dependencies are reported in 2 s (128)" {
    seq 65534 | awk '{
        print "[s" $1 "]\ncommand = true\ndepends_on = s" ($1 % 2 ? $1 + 1 : $1 - 1)
    }' | check 2
    [ "$(grep -c 'makes a cycle' err)" -eq 32767 ]
}

@test "a directory of many files is checked in 2 s (128)" {
    mkdir folder
    seq -f '%05g' "$SERVICES" | while read -r i; do
        printf '[s%s]\ncommand = true\n' "$i" >"folder/$i.conf"
    done
    costs 0 "$MOST_MS" --check --config folder
    [ "$(tail -n 1 out)" = "$SERVICES services, no faults" ]
}

# foster writes to a pipe that is not read, so it sleeps until a signal ends it.
@test "--check ends at INT, TERM, QUIT and HUP, also as PID 1 (128)" {
    local way signal
    seq 65534 | sed 's/.*/[s&]\ncommand = true/' | configure
    prepare_folder
    mkfifo -m 666 pipe
    exec 4<>pipe # which holds 64 KiB
    for way in "${HOSTILE_WAYS[@]}"; do
        for signal in INT TERM QUIT HUP; do
            via=(sh -c 'exec "$@" >pipe' sh)
            start "$way" --check --config conf 3>&- 4>&-
            wait_until sleeps_full
            send "$signal"
            ends $((128 + $(kill -l "$signal")))
            timeout 10 dd if=pipe of=/dev/null iflag=nonblock bs=1M 2>/dev/null || true
        done
    done
}
sleeps_full() {
    [ "$(cut -d " " -f 1 "/proc/$init/syscall" 2>/dev/null)" = 1 ] && is_in_state S "$init"
}
