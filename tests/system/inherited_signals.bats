#!/usr/bin/env bats
# Signals that are ignored or blocked on entry: foster works, and main has none ignored or blocked.

load helpers

@test "SIGCHLD ignored on entry: main exits with 7, and so does foster (4)" {
    via=(env --ignore-signal=CHLD)
    for way in "${WAYS[@]}"; do
        exits 7 "$way" exit 7
    done
}

@test "SIGCHLD ignored on entry: orphans are reaped (4)" {
    via=(env --ignore-signal=CHLD)
    exits 0 as_pid1 sh -c 'orphans 50; until zombies >/dev/null; do sleep 0.01; done'
}

@test "SIGCHLD and SIGTERM blocked on entry: reaping and stopping work (5)" {
    via=(env --block-signal=CHLD --block-signal=TERM)
    for way in "${WAYS[@]}"; do
        exits 7 "$way" exit 7
        start_ready "$way" signals
        send TERM
        ends 0
        wait_for_line "$out" '^signal 15$'
    done
}

@test "every signal blocked on entry: main blocks none (5)" {
    via=(env --block-signal)
    for way in "${WAYS[@]}"; do
        exits 0 "$way" state
        [ "$(value SigBlk)" = 0000000000000000 ]
    done
}

@test "every signal ignored on entry: main ignores none (35)" {
    via=(env --ignore-signal)
    for way in "${WAYS[@]}"; do
        exits 0 "$way" state
        [ "$(value SigIgn)" = 0000000000000000 ]
    done
}

@test "PIPE and INT ignored on entry: main has the default for them (35)" {
    via=(env --ignore-signal=PIPE --ignore-signal=INT)
    exits 130 as_pid1 sh -c 'kill -INT $$; exit 9'
    exits 141 as_pid1 sh -c 'kill -PIPE $$; exit 9'
}
