#!/usr/bin/env bats
# Silent when nothing is wrong; one line on stderr when something is; and never held up by its own words.

load helpers

@test "105: nothing is wrong: nothing is said" {
    for way in "${WAYS[@]}"; do
        for code in 0 7; do
            exits "$code" "$way" sh -c "orphans 5 true; leave 0; leave -s 10; exit $code"
            says_nothing
        done
    done
}

@test "105: main is ended by the signal that foster was asked to pass on: nothing is said" {
    for way in as_pid1 as_child; do
        start "$way" sleep 60 3>&-
        child_named sleep
        send TERM
        ends 143
        [ ! -s "$err" ]
    done
}

@test "103: a death by a signal: name, pid, signal, after how long" {
    exits 139 as_pid1 exit -s SEGV
    says exit 'pid 2' SEGV 'after 0.* m\?s'
    [[ $stderr != *core* ]]
    exits 137 as_child exit -s KILL
    says exit pid KILL after
}

# bats test_tags=shipped
@test "103: a death by a signal with a core" {
    ulimit -S -c unlimited
    exits 134 as_pid1 exit -s ABRT
    says exit ABRT core
}

@test "103: the same line is in the termination log, if that is there and empty" {
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

@test "103: a failure of main is in the termination log and not on stderr" {
    : >log
    exits 7 as_pid1 --termination-log "$PWD/log" exit 7
    says_nothing
    [ "$(grep -c . log)" -eq 1 ]
    grep -q 'exit.*7' log
}

@test "103: a command that cannot be run is in the termination log" {
    : >log
    exits 127 as_pid1 --termination-log "$PWD/log" absent-program
    [ "$(cat log)" = "$stderr" ]
}

@test "103: a success, and an end that was asked for, are not in the termination log" {
    : >log
    exits 0 as_pid1 --termination-log "$PWD/log" exit 0
    exits 0 as_pid1 -e 7 --termination-log "$PWD/log" exit 7
    start as_pid1 --termination-log "$PWD/log" sleep 60 3>&-
    child_named sleep
    send TERM
    ends 143
    [ ! -s log ]
}

@test "103: a termination log that is a pipe without reader holds nobody up" {
    mkfifo log
    from=$(now_ms)
    exits 7 as_pid1 --termination-log "$PWD/log" exit 7
    within "$from" 2000
}

@test "104: -v says what foster does, on stderr and not on stdout" {
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

@test "-w says a line for each orphan that is reaped" {
    for way in as_pid1 as_child; do
        exits 0 "$way" -w sh -c 'orphans 20; exit 0'
        [ "$(grep -c '^foster: .*orphan.*pid [0-9]' <<<"$stderr")" -eq 20 ]
        [ "${#stderr_lines[@]}" -eq 20 ]
        is 'made 20'
    done
}

# What talks a lot: a line for each of 1000 orphans, far more than a pipe holds.
talkative() { exits 7 "$1" -vv -w sh -c 'orphans 1000 >/dev/null; leave -s 10 >/dev/null; exit 7'; }

# full_pipe NAME: descriptor 8 writes to a pipe that nobody reads and that holds no byte more.
full_pipe() {
    mkfifo "$1"
    exec 8<>"$1"
    dd if=/dev/zero bs=4096 count=1000 of="$1" oflag=nonblock 2>/dev/null || true
}

@test "67: stderr is closed" {
    via=(sh -c 'exec "$@" 2>&-' sh)
    for way in as_pid1 as_child; do
        exits 7 "$way" -vv -w sh -c 'orphans 50 >/dev/null; exit 7'
        is ''
        exits 139 "$way" exit -s SEGV
    done
}

@test "67: stderr is a full pipe: foster does not wait for a reader" {
    full_pipe pipe
    via=(sh -c 'exec "$@" 2>&8 8>&-' sh)
    from=$(now_ms)
    for way in as_pid1 as_child; do
        talkative "$way"
    done
    exits 139 as_pid1 exit -s SEGV
    within "$from" 8000
}

@test "67: stderr is a full pipe that does not block" {
    full_pipe pipe
    via=(sh -c 'exec "$@" 2>&8 8>&-' sh)
    dd if=/dev/null oflag=nonblock >&8 2>/dev/null
    talkative as_pid1
}

@test "67: stderr is a broken pipe" {
    mkfifo pipe
    exec 8<>pipe
    exec 9>pipe 8>&-
    via=(sh -c 'exec "$@" 2>&9 9>&-' sh)
    for way in as_pid1 as_child; do
        talkative "$way"
    done
}

@test "15, 67: stderr is a broken pipe: a command that cannot be run keeps its exit code" {
    mkfifo pipe
    exec 8<>pipe
    exec 9>pipe 8>&-
    via=(sh -c 'exec "$@" 2>&9 9>&-' sh)
    for way in as_pid1 as_child; do
        exits 127 "$way" no-such-command
        exits 126 "$way" /
    done
}

@test "68: foster changes no flags of the stderr that it shares" {
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
