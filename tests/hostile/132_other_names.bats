#!/usr/bin/env bats
# Details of the real programs: tini, dumb-init, and the pause program of Kubernetes
# (build/pause/linux/pause.c there), which handles only INT, TERM and CHLD.

load helpers

# called NAME: runs foster under that name from now on.
called() {
    ln -s "$FOSTER" "$1"
    FOSTER=$PWD/$1
}

@test "tini that is a subreaper by inheritance does not warn that it is none (132)" {
    local way
    called tini
    for way in as_child as_child_user; do
        via=(subreaper)
        exits 7 "$way" -- exit 7
        [ -z "$stderr" ]
        via=()
        exits 7 "$way" -- exit 7
        [[ $stderr == *"isn't registered as a child subreaper"* ]]
    done
}

@test "dumb-init with DUMB_INIT_DEBUG=1 and no command prints its usage first (132)" {
    local way
    called dumb-init
    export DUMB_INIT_DEBUG=1
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 1 "$way"
        [[ $stderr == Usage:* && $stderr != *'debug mode'* ]]
        exits 7 "$way" exit 7
        [[ $stderr == '[dumb-init] Running in debug mode.'* ]]
    done
}

@test "pause -v and -V print the version; pause ignores unknown options (132)" {
    local way option
    called pause
    for way in "${HOSTILE_WAYS[@]}"; do
        for option in -v -V; do
            exits 0 "$way" "$option"
            [[ $output == pause* ]]
        done
        for option in -x --nothing word; do
            start "$way" "$option" 3>&-
            wait_until pausing
            send TERM
            ends 0
            told 'Shutting down, got signal: Terminated'
        done
    done
}

@test "pause that is not PID 1 warns, and a signal that it does not handle ends it (132)" {
    local way signal
    called pause
    for way in as_child as_child_user; do
        for signal in HUP USR1 RTMIN+1 SEGV; do
            start "$way" 3>&-
            wait_until pausing
            send "$signal"
            ends $((128 + $(kill -l "$signal")))
            told 'Warning: pause should be the first process'
        done
        for signal in INT TERM; do
            start "$way" 3>&-
            wait_until pausing
            send CHLD "$signal"
            ends 0
            told 'Shutting down, got signal: '
        done
    done
}

@test "pause as PID 1 is ended by INT and TERM only (132)" {
    local way
    called pause
    for way in as_pid1 as_pid1_user; do
        start "$way" 3>&-
        wait_until pausing
        send HUP QUIT USR1 PIPE RTMIN+1 SEGV CHLD
        wait_until pausing
        send INT
        ends 0
        told 'Shutting down, got signal: Interrupt'
        told .
    done
}
pausing() { [ "$(readlink "/proc/$init/cwd")" = / ] && is_in_state S "$init"; }
