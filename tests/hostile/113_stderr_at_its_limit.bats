#!/usr/bin/env bats
# foster's stderr is a file at RLIMIT_FSIZE. The SIGXFSZ of a line that cannot be written is
# foster's own; a SIGXFSZ that another process sends is forwarded.

load helpers

# at_the_limit err|all: makes stderr, or stdout and stderr, a file longer than the limit.
at_the_limit() {
    head -c 8192 /dev/zero >full
    chmod 666 full
    via=(sh -c 'ulimit -f 8; exec 2>>full; shift; [ "$1" = err ] || exec >>full; shift
        exec "$@"' sh _ "$1")
}

# hears FILE SIGNAL...: sends the signals, and checks that main, which writes to FILE, got these and
# no other.
hears() {
    local file=$1 signal
    shift
    for signal; do
        send "$signal"
        wait_for_line "$file" "^signal $signal\$"
    done
    [ "$(grep -c '^signal' "$file")" -eq $# ] || { cat "$file" && return 1; }
}

# called NAME: runs foster under this name from now on.
called() { ln -s "$FOSTER" "$1" && FOSTER=$PWD/$1; }

@test "with stderr at its file size limit main gets the signals sent to it, and no SIGXFSZ (113)" {
    at_the_limit err
    for way in "${HOSTILE_WAYS[@]}"; do
        for options in -w -v -vv; do
            start_ready "$way" $options signals
            hears "$out" 1 10 25 15
            ends 0
        done
    done
}

@test "tini, dumb-init and catatonit with stderr at its size limit pass on no SIGXFSZ (113)" {
    at_the_limit err
    for way in "${HOSTILE_WAYS[@]}"; do
        (called tini && start_ready "$way" -vvv signals && hears "$out" 1 25 15 && ends 0)
        (called dumb-init && start_ready "$way" -v signals && hears "$out" 1 25 15 && ends 0)
        (export CATATONIT_DEBUG=1 && called catatonit && start_ready "$way" signals &&
            hears "$out" 1 25 15 && ends 0)
        rm tini dumb-init catatonit
    done
}

@test "pause goes on when its stderr is at its file size limit (113)" {
    at_the_limit all
    for way in "${HOSTILE_WAYS[@]}"; do
        start "$way" -vv -P 3>&-
        wait_until pausing
        send XFSZ HUP TERM
        ends 0
    done
}
pausing() { grep -q "SigBlk:.*0000$" "/proc/$init/status" && is_in_state S "$init"; }

@test "a full log file stops no service: relay and stdout at the file size limit (113)" {
    configure <<<'
[noisy]
command = sh -c "orphans 3 true; echo line; exit 3"
restart = always
restart_delay = 10ms..10ms
log = prefix'
    chmod 777 .
    at_the_limit all
    for way in "${HOSTILE_WAYS[@]}"; do
        : >main && chmod 666 main
        start "$way" --control none -vv -w --config conf -- sh -c 'exec signals >main' 3>&-
        wait_for_line main '^ready '
        hears main 1 10 25 15
        ends 0
    done
}

@test "a command that cannot be run has its exit code when stderr is at its size limit (113)" {
    at_the_limit all
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 127 "$way" /nowhere/absent
        exits 126 "$way" -vv /
        exits 127 "$way" --restart on-failure:1 /nowhere/absent
    done
}

@test "ctl ends when its answer cannot be written (113)" {
    configure <<<'
[one]
command = sleep 60'
    run_foster as_pid1
    head -c 8192 /dev/zero >full
    code=0
    (ulimit -f 8 && ctl status >>full 2>&1) || code=$?
    [ "$code" -ne 0 ] && [ "$code" -ne 124 ]
    answers
    send TERM
    ends 0
}
