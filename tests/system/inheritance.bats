#!/usr/bin/env bats
# Main has all that foster was started with; foster keeps nearly none of it.

load helpers

@test "foster's working directory is /, main's is the one foster was started in (62)" {
    for way in "${WAYS[@]}"; do
        start "$way" sh -c 'state; exec signals' 3>&-
        wait_for_line "$out" '^ready '
        wait_until is_at_root
        output=$(cat "$out")
        [ "$(value cwd)" = "$PWD" ]
        send TERM
        ends 0
    done
}
is_at_root() { [ "$(readlink "/proc/$init/cwd")" = / ]; }

@test "a file system that foster was started in can be unmounted (62)" {
    mkdir volume
    via=(sh -c 'mount -t tmpfs none volume && cd volume && exec "$@"' sh)
    exits 0 as_pid1 sh -c "cd / && until umount $PWD/volume 2>/dev/null; do sleep 0.01; done"
}

@test "main has descriptor 9, and foster closes it (63)" {
    for way in "${WAYS[@]}"; do
        start_ready "$way" sh -c 'state; exec signals' 3>&- 9</dev/null 20</dev/null
        output=$(cat "$out")
        [[ " $(value fds) " == *" 9 "* ]]
        [[ " $(value fds) " == *" 20 "* ]]
        wait_until has_descriptors '0 1 2 '
        send TERM
        ends 0
    done
}
has_descriptors() { [ "$(find "/proc/$init/fd" -type l -printf '%f ')" = "$1" ]; }

@test "LISTEN_PID that was foster's becomes main's, LISTEN_FDS is kept (64)" {
    via=(sh -c 'LISTEN_PID=$$ LISTEN_FDS=2 exec "$@" 3</dev/null 4</dev/null' sh)
    for way in "${WAYS[@]}"; do
        exits 0 "$way" state
        [ "$(value LISTEN_PID)" = "$(value pid)" ]
        [ "$(value LISTEN_FDS)" = 2 ]
        [[ "$(value fds) " == "0 1 2 3 4 "* ]]
    done
}

@test "LISTEN_PID 1 becomes main's, another pid stays, and none stays none (64)" {
    via=(env LISTEN_PID=1 LISTEN_FDS=1)
    exits 0 as_pid1 state
    [ "$(value LISTEN_PID)" = "$(value pid)" ]
    via=(env LISTEN_PID=4711 LISTEN_FDS=1)
    for way in as_pid1 as_child; do
        exits 0 "$way" state
        [ "$(value LISTEN_PID)" = 4711 ]
    done
    via=()
    exits 0 as_pid1 state
    [ "$(value LISTEN_PID)" = none ]
}

@test "main has NOTIFY_SOCKET and the whole environment (65)" {
    via=(env -i NOTIFY_SOCKET=/run/notify EMPTY= "PATH=$PATH" TWO='two words')
    exits 0 as_pid1 env
    is "NOTIFY_SOCKET=/run/notify
EMPTY=
PATH=$PATH
TWO=two words"
}

@test "foster does not wake up while nothing happens (66)" {
    start_ready as_pid1 signals
    wait_until is_at_root
    wait_until is_in_state S "$init"
    before=$(number_of voluntary_ctxt_switches "$init")
    sleep 2.2 # what is measured: an init that looks around wakes up once a second
    [ "$(number_of voluntary_ctxt_switches "$init")" -eq "$before" ]
    send TERM
    ends 0
}

# bats test_tags=shipped
@test "one thread, no heap, less than 200 KiB (69)" {
    start_ready as_pid1 signals
    wait_until is_at_root
    [ "$(number_of Threads "$init")" -eq 1 ]
    [ "$(awk '$1 == "Rss:" { print $2 }' "/proc/$init/smaps_rollup")" -lt 200 ]
    run grep -F '[heap]' "/proc/$init/maps"
    [ "$status" -eq 1 ]
    send TERM
    ends 0
}

@test "umask, limits, niceness and the OOM score are passed on (70)" {
    via=(sh -c 'umask 027; ulimit -n 100; echo 500 >/proc/self/oom_score_adj
        exec nice -n 5 "$@"' sh)
    for way in "${WAYS[@]}"; do
        exits 0 "$way" sh -c 'umask; ulimit -n; cat /proc/self/oom_score_adj; nice'
        is $'0027\n100\n500\n'"$(nice -n 5 nice)"
    done
}

@test "foster leaves its own OOM score and niceness alone (70)" {
    via=(sh -c 'echo 500 >/proc/self/oom_score_adj; exec nice -n 5 "$@"' sh)
    start_ready as_pid1 signals
    [ "$(cat "/proc/$init/oom_score_adj")" = 500 ]
    [ "$(ps -o ni= -p "$init" | xargs)" = "$(nice -n 5 nice)" ]
    send TERM
    ends 0
}
