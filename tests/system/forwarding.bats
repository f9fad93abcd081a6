#!/usr/bin/env bats
# Main gets every signal that foster gets: the same one, once, without delay.

load helpers

# received NUMBER...: checks that main has got exactly these, in this order.
received() { [ "$(sed -n 's/^signal //p' "$out" | xargs)" = "$*" ]; }

@test "HUP INT QUIT USR1 USR2 TERM ALRM WINCH CONT PWR are forwarded, each once (30)" {
    for way in "${WAYS[@]}"; do
        start_ready "$way" signals -x 64 9
        for number in 1 2 3 10 12 15 14 28 18 30; do
            send "$number"
            wait_for_line "$out" "^signal $number\$"
        done
        send 64
        ends 9
        received 1 2 3 10 12 15 14 28 18 30 64
        [ ! -s "$err" ]
    done
}

@test "RTMIN to RTMAX keep their numbers (31)" {
    for way in as_pid1 as_child; do
        start_ready "$way" signals -x USR1 9
        for number in {34..64}; do
            send "$number"
            wait_for_line "$out" "^signal $number\$"
        done
        send USR1
        ends 9
        # shellcheck disable=SC2046
        received $(seq 34 64) 10
    done
}

@test "a real-time signal sent several times is forwarded as often (31)" {
    start_ready as_pid1 signals
    send STOP 37 37 37 CONT
    wait_for_line "$out" '^signal 37$' 3
    send TERM
    ends 0
    [ "$(grep -c '^signal 37$' "$out")" -eq 3 ]
}

@test "RTMIN+3 is 37, and RTMAX-1 is 63 (31)" {
    start_ready as_pid1 --stop-signal RTMIN+3 -r SIGRTMAX-1:rtmin signals
    send 63
    wait_for_line "$out" '^signal 34$'
    send TERM
    wait_for_line "$out" '^signal 37$'
    kill -TERM "$main"
    ends 0
    received 34 37 15
}

@test "a value queued with a signal is kept (32)" {
    for way in as_pid1 as_child; do
        start_ready "$way" -r USR2:USR1 signals
        /usr/bin/kill --queue 42 -USR1 "$init"
        wait_for_line "$out" '^signal 10 value 42$'
        /usr/bin/kill --queue 2147483647 -USR2 "$init"
        wait_for_line "$out" '^signal 10 value 2147483647$'
        /usr/bin/kill --queue 5 -37 "$init"
        wait_for_line "$out" '^signal 37 value 5$'
        send TERM
        ends 0
    done
}

@test "a signal that main does not handle kills it (36)" {
    for way in "${WAYS[@]}"; do
        start "$way" sleep 60 3>&-
        main=$(child_named sleep)
        send USR2
        ends 140
    done
}

@test "a signal rewritten to 0 or ignore is dropped (36, 37)" {
    for drop in USR2:0 12:ignore SIGUSR2:IGNORE; do
        start_ready as_pid1 --rewrite "$drop" signals
        send USR2
        send WINCH
        wait_for_line "$out" '^signal 28$'
        send TERM
        ends 0
        received 28 15
    done
}

@test "TERM becomes QUIT, however the two are written (37)" {
    for pair in TERM:QUIT 15:3 sigterm:SigQuit SIGTERM:3; do
        start_ready as_pid1 -r "$pair" signals -x QUIT 5
        send TERM
        ends 5
        received 3
    done
}

@test "several rewrites each apply to the signal that came in (37)" {
    start_ready as_pid1 -r TERM:INT -r INT:QUIT --rewrite HUP:USR1 signals -x QUIT 5
    send HUP
    wait_for_line "$out" '^signal 10$'
    send TERM
    wait_for_line "$out" '^signal 2$'
    send INT
    ends 5
    received 10 2 3
}

# A shell as main, which waits for a child in the foreground; both print INT and end.
waiting_shell='trap "echo shell INT" INT; signals -x INT 3; exit 6'

@test "with -g a shell and the child that it waits for both get INT (40)" {
    for way in as_pid1 as_child; do
        start "$way" -g sh -c "$waiting_shell" 3>&-
        wait_for_line "$out" '^ready '
        send INT
        ends 6
        wait_for_line "$out" '^signal 2$'
        wait_for_line "$out" '^shell INT$'
    done
}

@test "without -g, and with -c after it, only main gets INT (40)" {
    for options in '' '-g -c' '-g --single-child'; do
        # shellcheck disable=SC2086
        start as_pid1 --grace 0 $options sh -c "$waiting_shell" 3>&-
        wait_for_line "$out" '^ready '
        child=$(pgrep -x signals -P "$(child_named sh)")
        send INT
        kill -WINCH "$child"
        wait_for_line "$out" '^signal 28$'
        send USR2
        ends 140
        received 28
    done
}

@test "SIGCHLD from a user is not forwarded and does no harm (41)" {
    start_ready as_pid1 signals
    send CHLD CHLD
    send WINCH
    wait_for_line "$out" '^signal 28$'
    send TERM
    ends 0
    received 28 15
}

@test "SEGV and other fault signals sent from outside do not end foster (42)" {
    for way in as_pid1 as_child; do
        start_ready "$way" signals -x USR1 9
        send ILL TRAP ABRT BUS FPE SEGV SYS
        send WINCH
        wait_for_line "$out" '^signal 28$'
        send USR1
        ends 9
    done
}

@test "a rewrite of a signal that is never forwarded is a note, but not for dumb-init" {
    for rewrite in KILL:TERM 9:15 STOP:0 CHLD:TERM SIGCHLD:ignore; do
        for way in as_pid1 as_child; do
            exits 3 "$way" -r "$rewrite" exit 3
            says "^foster: -r $rewrite has no effect"
        done
    done
    exits 3 as_pid1 -r TERM:KILL -r USR1:CHLD exit 3
    says_nothing
    start_ready as_pid1 -r KILL:TERM -r TERM:INT signals -x INT 5
    send TERM
    ends 5
    [ "$(wc -l <"$err")" = 1 ]
    ln -s "$FOSTER" dumb-init
    FOSTER=$PWD/dumb-init
    for rewrite in 9:15 17:15 19:0; do
        exits 3 as_pid1 -r "$rewrite" exit 3
        says_nothing
    done
}
