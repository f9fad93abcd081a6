#!/usr/bin/env bats
# Silent when nothing is wrong, one line on stderr otherwise; and no line delays foster.

load helpers

@test "a run without trouble prints nothing (105)" {
    for way in "${WAYS[@]}"; do
        for code in 0 7; do
            exits "$code" "$way" sh -c "orphans 5 true; leave 0; leave -s 10; exit $code"
            says_nothing
        done
    done
}

@test "main ended by a signal that foster was asked to forward prints nothing (105)" {
    for way in as_pid1 as_child; do
        start "$way" sleep 60 3>&-
        child_named sleep
        send TERM
        ends 143
        [ ! -s "$err" ]
    done
}

@test "an end by a signal is logged: name, pid, signal, after how long (103)" {
    exits 139 as_pid1 exit -s SEGV
    says exit 'pid 2' SEGV 'after 0.* m\?s'
    [[ $stderr != *core* ]]
    exits 137 as_child exit -s KILL
    says exit pid KILL after
}

# bats test_tags=shipped
@test "an end by a signal with a core dump is logged as such (103)" {
    ulimit -S -c unlimited
    exits 134 as_pid1 exit -s ABRT
    says exit ABRT core
}

@test "the same line is in the termination log, if that exists and is empty (103)" {
    : >log
    chmod 666 log
    for way in "${WAYS[@]}"; do
        : >log
        exits 139 "$way" --termination-log "$PWD/log" exit -s SEGV
        [ "$(cat log)" = "$stderr" ]
    done
    exits 134 as_pid1 --termination-log "$PWD/log" exit -s ABRT
    grep -q SEGV log
    [ "$(grep -c . log)" -eq 1 ]
    exits 139 as_pid1 --termination-log "$PWD/absent" exit -s SEGV
    [ ! -e absent ]
}

@test "main's failure is in the termination log and not on stderr (103)" {
    : >log
    exits 7 as_pid1 --termination-log "$PWD/log" exit 7
    says_nothing
    [ "$(grep -c . log)" -eq 1 ]
    grep -q 'exit.*7' log
}

@test "a command that cannot be run is in the termination log (103)" {
    : >log
    exits 127 as_pid1 --termination-log "$PWD/log" absent-program
    [ "$(cat log)" = "$stderr" ]
}

@test "a success, and an end that was asked for, are not in the termination log (103)" {
    : >log
    exits 0 as_pid1 --termination-log "$PWD/log" exit 0
    exits 0 as_pid1 -e 7 --termination-log "$PWD/log" exit 7
    start as_pid1 --termination-log "$PWD/log" sleep 60 3>&-
    child_named sleep
    send TERM
    ends 143
    [ ! -s log ]
}

@test "a termination log that is a pipe without a reader delays nothing (103)" {
    mkfifo log
    from=$(now_ms)
    exits 7 as_pid1 --termination-log "$PWD/log" exit 7
    within "$from" 2000
}

@test "-v logs on stderr and not on stdout (104)" {
    exits 7 as_pid1 -v sh -c 'echo main; exit 7'
    is main
    [[ $stderr == *"foster: "*"sh"* ]]
    once=${#stderr_lines[@]}
    start_ready as_pid1 -vv signals
    send HUP
    wait_for_line "$err" 'foster: .*HUP'
    send TERM
    ends 0
    [ "$(grep -vc '^foster: ' "$err")" -eq 0 ]
    [ "$(wc -l <"$err")" -gt "$once" ]
}

@test "-w logs a line for each orphan that is reaped" {
    for way in as_pid1 as_child; do
        exits 0 "$way" -w sh -c 'orphans 20; exit 0'
        [ "$(grep -c '^foster: .*orphan.*pid [0-9]' <<<"$stderr")" -eq 20 ]
        [ "${#stderr_lines[@]}" -eq 20 ]
        is 'made 20'
    done
}

# A run with much output: a line for each of 1000 orphans, far more than a pipe holds.
talkative() { exits 7 "$1" -vv -w sh -c 'orphans 1000 >/dev/null; leave -s 10 >/dev/null; exit 7'; }

# full_pipe NAME: descriptor 8 writes to a pipe that is not read and has no room for a byte.
full_pipe() {
    mkfifo "$1"
    exec 8<>"$1"
    dd if=/dev/zero bs=4096 count=1000 of="$1" oflag=nonblock 2>/dev/null || true
}

@test "a closed stderr does no harm (67)" {
    via=(sh -c 'exec "$@" 2>&-' sh)
    for way in as_pid1 as_child; do
        exits 7 "$way" -vv -w sh -c 'orphans 50 >/dev/null; exit 7'
        is ''
        exits 139 "$way" exit -s SEGV
    done
}

@test "a full pipe as stderr is not waited for (67)" {
    full_pipe pipe
    via=(sh -c 'exec "$@" 2>&8 8>&-' sh)
    from=$(now_ms)
    for way in as_pid1 as_child; do
        talkative "$way"
    done
    exits 139 as_pid1 exit -s SEGV
    within "$from" 8000
}

@test "a full, non-blocking pipe as stderr does no harm (67)" {
    full_pipe pipe
    via=(sh -c 'exec "$@" 2>&8 8>&-' sh)
    dd if=/dev/null oflag=nonblock >&8 2>/dev/null
    talkative as_pid1
}

@test "a broken pipe as stderr does no harm (67)" {
    mkfifo pipe
    exec 8<>pipe
    exec 9>pipe 8>&-
    via=(sh -c 'exec "$@" 2>&9 9>&-' sh)
    for way in as_pid1 as_child; do
        talkative "$way"
    done
}

@test "a command that cannot be run keeps its exit code with a broken stderr (15, 67)" {
    mkfifo pipe
    exec 8<>pipe
    exec 9>pipe 8>&-
    via=(sh -c 'exec "$@" 2>&9 9>&-' sh)
    for way in as_pid1 as_child; do
        exits 127 "$way" no-such-command
        exits 126 "$way" /
    done
}

@test "foster changes no flags of the stderr that it shares (68)" {
    full_pipe pipe
    via=(sh -c 'exec "$@" 2>&8 8>&-' sh)
    blocking=$(grep flags /proc/$$/fdinfo/8)
    talkative as_pid1
    [ "$(grep flags /proc/$$/fdinfo/8)" = "$blocking" ]
    dd if=/dev/null oflag=nonblock >&8 2>/dev/null
    [ "$(grep flags /proc/$$/fdinfo/8)" != "$blocking" ]
    nonblocking=$(grep flags /proc/$$/fdinfo/8)
    talkative as_pid1
    [ "$(grep flags /proc/$$/fdinfo/8)" = "$nonblocking" ]
}
