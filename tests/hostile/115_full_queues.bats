#!/usr/bin/env bats
# A real-time signal with a value that cannot be queued is sent without it, as kill(2) does.

load helpers

# gets_it: sends a signal with a value, and checks that main gets it without the value.
gets_it() {
    wait_for_line "$out" '^ready'
    /usr/bin/kill --queue 7 -40 "$init"
    wait_for_line "$out" '^signal 40'
    send USR1
    ends 3
}

@test "when main's signal queue is full, main gets the signal without its value (115)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        start "$way" narrow 3>&-
        gets_it
        silent
    done
}

@test "when the queue of a command or an essential service is full, the signal arrives (115)" {
    configure <<<'
[narrow]
command = narrow
essential = yes'
    for way in "${HOSTILE_WAYS[@]}"; do
        start "$way" --restart on-failure:1 narrow 3>&-
        wait_for_line "$out" '^ready'
        /usr/bin/kill --queue 7 -40 "$init"
        wait_for_line "$out" '^signal 40'
        send TERM
        ends 143
        start "$way" --control none --config conf 3>&-
        gets_it
    done
}

@test "when the queue of a process named by MAINPID is full, the signal arrives (115)" {
    configure <<'CONF'
[narrow]
command = sh -c 'narrow & service x notify "MAINPID=$!|READY=1" barrier 5000 exit 0;
    exec service old'
ready = notify
essential = yes
[other]
command = service other
depends_on = narrow:ready
CONF
    for way in "${HOSTILE_WAYS[@]}"; do
        run_foster "$way"
        happens 'other starts'
        wait_for_line "$out" '^ready'
        /usr/bin/kill --queue 7 -40 "$init"
        wait_for_line "$out" '^signal 40$'
        send TERM
        ends 0
    done
}

@test "when a seccomp filter refuses rt_sigqueueinfo, the signal arrives without its value (115)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        for error in 1 38; do # EPERM, ENOSYS
            via=(refuse "$error" rt_sigqueueinfo)
            start "$way" narrow 3>&-
            gets_it
        done
    done
}
