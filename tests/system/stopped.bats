#!/usr/bin/env bats
# A stop is main's: foster never stops, and a main that is stopped can still be ended.

load helpers

@test "TSTP is forwarded, and foster itself does not stop (45)" {
    start_ready as_pid1 signals
    send TSTP
    wait_for_line "$out" '^signal 20$'
    is_in_state S "$init"
    send TERM
    ends 0
}

@test "TSTP stops main, TERM then ends it (45)" {
    for way in "${WAYS[@]}"; do
        start "$way" sleep 60 3>&-
        main=$(child_named sleep)
        send TSTP
        wait_until is_in_state T "$main"
        is_in_state S "$init"
        send TERM
        ends 143
    done
}

@test "TSTP stops main in a session of its own, and CONT continues it (45)" {
    for way in as_pid1 as_child; do
        start "$way" --setsid sleep 60 3>&-
        main=$(child_named sleep)
        send TSTP
        wait_until is_in_state T "$main"
        send CONT
        wait_until is_in_state S "$main"
        send TERM
        ends 143
    done
}

@test "main that another process stopped gets INT, QUIT and TERM at once (45)" {
    for signal in INT:130 QUIT:131 TERM:143; do
        start as_pid1 sleep 60 3>&-
        main=$(child_named sleep)
        kill -STOP "$main"
        wait_until is_in_state T "$main"
        send "${signal%:*}"
        ends "${signal#*:}"
    done
}

@test "main that is stopped after TERM is continued, too (45)" {
    start_ready as_pid1 signals -x USR1 6
    send TERM
    wait_for_line "$out" '^signal 15$'
    kill -STOP "$main"
    wait_until is_in_state S "$main"
    send USR1
    ends 6
}
