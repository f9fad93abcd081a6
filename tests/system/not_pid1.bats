#!/usr/bin/env bats
# Not as PID 1, foster is a subreaper: its descendants are its task, other processes are not.

load helpers

@test "not as PID 1, with -s and without, orphans become foster's children (52)" {
    for way in "${CHILD_WAYS[@]}"; do
        for options in '' -s '-s -s'; do
            # shellcheck disable=SC2086
            start_ready "$way" $options sh -c 'leave 0; exec signals'
            child_named leave
            send TERM
            ends 0
            [ ! -s "$err" ]
        done
    done
}

@test "when the kernel refuses the subreaper, foster warns once, and main runs (52)" {
    for error in EPERM EINVAL ENOSYS; do
        refusing "$error" prctl
        NAMESPACE=(unshare -pf --mount-proc)
        exits 7 as_child exit 7
        says "become a subreaper"
    done
}

@test "with another foster as pause program and PID 1 all works (54)" {
    OTHER_PID1=(sh -c '"$FOSTER" -P & exec nsenter -t $! -p "$@"' sh)
    for way in "${CHILD_WAYS[@]}"; do
        exits 7 "$way" sh -c 'leave -s 100; exit 7'
        [[ $output == *"cleaned up" ]]
    done
}

@test "-p: when foster is killed, main gets the signal (82)" {
    for way in "${CHILD_WAYS[@]}"; do
        OTHER_PID1=(sh -c '"$@"; until grep -q "signal 10" out; do sleep 0.01; done; exit 5' sh)
        start_ready "$way" -p USR1 signals
        send KILL
        ends 5
    done
}

@test "-p: when foster's parent ends, main gets the signal (82)" {
    mkfifo go
    via=(sh -c '"$@" & read -r _ <go' sh)
    OTHER_PID1=(sh -c '"$@"; until grep -q "signal 12" out; do sleep 0.01; done; exit 5' sh)
    start_ready as_child -p USR2 signals
    echo >go
    ends 5
}

@test "-p KILL: when foster is killed, main is killed with it (82)" {
    OTHER_PID1=(sh -c '"$@"; until [ -e seen ]; do sleep 0.01; done; exit 5' sh)
    start as_child -p KILL sleep 60 3>&-
    main=$(child_named sleep)
    send KILL
    wait_until is_gone_or_zombie "$main"
    : >seen
    ends 5
}

is_gone_or_zombie() { is_gone "$1" || is_in_state Z "$1"; }
