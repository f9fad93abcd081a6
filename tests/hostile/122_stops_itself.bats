#!/usr/bin/env bats
# A process that is stopped after its stop signal, by itself or by another, is continued.

load helpers

# All time limits are longer than a test.
stopping() { # TIMES
    printf 'trap "for i in %s; do kill -STOP \\$\\$; done; exit 0" TERM; echo ready\n' "$*"
    echo 'while :; do sleep 0.02; done'
}

@test "a service that stops itself at its stop signal is continued and ends (122)" {
    local way
    for way in "${SERVICE_WAYS[@]}"; do
        stopping 1 >stops.sh
        configure <<CONF
[foster]
grace = 60s
[a]
command = sh $PWD/stops.sh
stop_grace_period = 60s
[b]
command = sh $PWD/stops.sh
stop_grace_period = 60s
CONF
        run_foster "$way"
        wait_for_line "$out" '^ready' 2
        ctl stop a
        is_now a stopped
        send TERM
        ends 0
        silent
    done
}

@test "a command that stops itself again and again is continued each time (122)" {
    local way
    stopping 1 2 3 4 5 >stops.sh
    for way in "${SERVICE_WAYS[@]}"; do
        configure <<CONF
[a]
command = sh $PWD/stops.sh
stop_grace_period = 60s
CONF
        run_foster "$way" -- sh "$PWD/stops.sh"
        wait_for_line "$out" '^ready' 2
        send TERM
        ends 0
        silent
    done
}

@test "a service that another process stops during its stop is continued (122)" {
    local way
    configure <<CONF
[a]
command = service a ignore TERM until HUP
stop_grace_period = 60s
CONF
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'a starts'
        main=$(child_named service)
        send TERM
        happens 'a signal 15'
        kill -STOP "$main"
        kill -HUP "$main"
        ends 0
        silent
    done
}

@test "main, and a process that main leaves, are continued during the stop (122)" {
    local way
    stopping 1 2 >stops.sh
    prepare_folder
    for way in "${HOSTILE_WAYS[@]}"; do
        start "$way" -- sh stops.sh 3>&-
        wait_for_line "$out" '^ready'
        send TERM
        ends 0
        rm -f said
        exits 4 "$way" --grace 60s -- \
            sh -c 'sh stops.sh >said & until grep -q ready said; do sleep 0.01; done; exit 4'
    done
}

@test "a process that MAINPID has named, and that is no child of foster, is continued (122)" {
    local way
    stopping 1 2 >stops.sh
    configure <<CONF
[a]
command = sh -c 'sh $PWD/stops.sh &
    service x notify "MAINPID=\$!|READY=1" barrier 5000 exit 0; wait'
ready = notify
stop_grace_period = 60s
CONF
    for way in "${HOSTILE_WAYS[@]}"; do
        run_foster "$way"
        reaches a ready
        wait_for_line "$out" '^ready'
        ctl stop --timeout 10s a
        is_now a stopped
        send TERM
        ends 0
        silent
    done
}

# Ten SIGCONTs are at least nine times 50 ms apart.
@test "foster stays idle while main stops itself again and again, with services and without (122)" {
    local way options begun
    stopping 1 2 3 4 5 6 7 8 9 10 >stops.sh
    printf '[a]\ncommand = sleep 60\n' >conf
    prepare_folder
    for way in "${HOSTILE_WAYS[@]}"; do
        for options in "" "--config conf"; do
            # shellcheck disable=SC2086 # words
            start "$way" $options -- sh stops.sh 3>&-
            wait_for_line "$out" '^ready'
            begun=$(date +%s%3N)
            send TERM
            ends 0
            [ $(($(date +%s%3N) - begun)) -ge 440 ]
        done
    done
}
