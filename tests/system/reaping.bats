#!/usr/bin/env bats
# Every orphan is adopted and reaped, and none is taken for main.

load helpers

# Prints the zombies that are left: none if there are none at some moment of 300 ms, else those at
# the end.
count_zombies='i=0; until zombies >/dev/null || [ $i -eq 30 ]; do sleep 0.01; i=$((i + 1)); done
zombies'

@test "5,000 orphans that exit at once leave no zombie after 300 ms (1)" {
    exits 0 as_pid1 sh -c "orphans 5000; $count_zombies"
    [[ $output == *"made 5000"*"zombies 0 of "* ]]
    says_nothing
}

@test "orphans leave no zombie, as any user, PID 1 or not (1)" {
    for way in "${PID1_WAYS[@]}"; do
        exits 0 "$way" sh -c "orphans 300; $count_zombies"
        [[ $output == *"made 300"*"zombies 0 of "* ]]
    done
}

@test "not as PID 1 foster still reaps, and orphans do not go to PID 1 (1, 52)" {
    for way in "${CHILD_WAYS[@]}"; do
        start_ready "$way" sh -c 'leave 0; exec signals'
        orphan=$(child_named leave)
        kill -KILL "$orphan"
        wait_until is_gone "$orphan"
        send TERM
        ends 0
    done
}

@test "main and an orphan end behind one SIGCHLD: main's code is foster's (2)" {
    for way in as_pid1 as_child; do
        start_ready "$way" sh -c 'leave 0; exec signals -x USR1 7'
        orphan=$(child_named leave)
        send STOP
        wait_until is_in_state T "$init"
        kill -KILL "$orphan"
        kill -USR1 "$main"
        wait_until is_in_state Z "$main"
        wait_until is_in_state Z "$orphan"
        send CONT
        ends 7
    done
}

@test "a child that PID 1 had before it became foster is reaped, not taken for main (6)" {
    via=(sh -c 'sleep 60 & exec "$@"' sh)
    start_ready as_pid1 signals -x USR1 3
    stranger=$(child_named sleep)
    kill -TERM "$stranger"
    wait_until is_gone "$stranger"
    is_in_state S "$main"
    send USR1
    ends 3
}

@test "an orphan that has main's old pid is not taken for main (7)" {
    worker='trap "" HUP
        trap "echo 1 >/proc/sys/kernel/ns_last_pid
            sh -c \"echo reused \\\$\\\$; exit 9\" & exit" TERM
        : >ready
        while :; do sleep 0.01; done'
    exits 7 as_pid1 sh -c "echo main \$\$; setsid sh -c '$worker' &
        until [ -e ready ]; do sleep 0.01; done; exit 7"
    is $'main 2\nreused 2'
}

@test "orphans of a command that entered the container are reaped, without a line (10)" {
    start_ready as_pid1 signals
    nsenter -t "$init" -p -m sh -c 'sleep 60 3>&- &'
    orphan=$(child_named sleep)
    kill -TERM "$orphan"
    wait_until is_gone "$orphan"
    send TERM
    ends 0
    [ ! -s "$err" ]
}

@test "foster goes on while main is stopped, and while main is traced (11)" {
    for way in as_pid1 as_child; do
        start_ready "$way" signals -x USR2 4
        kill -STOP "$main"
        wait_until is_in_state T "$main"
        kill -CONT "$main"
        wait_until is_in_state S "$main"
        timeout "$LIMIT" strace -o /dev/null -p "$main" 2>tracer 3>&- &
        wait_for_line tracer attached
        send USR1
        wait_for_line "$out" '^signal 10$'
        kill -INT "$(pgrep -P $! -x strace)"
        wait $! || true
        send USR2
        ends 4
    done
}
