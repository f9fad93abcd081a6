#!/usr/bin/env bats
# A hundred services crash every millisecond, and one is never ready: foster answers all the same.

load helpers

# ms: the machine may be busy, and the storm keeps it busy; without foster's bound no answer came.
AT_ONCE=3000

# storm WAY DELAYS: starts foster with these services and that restart_delay.
storm() {
    {
        printf '[main]\ncommand = service main\nessential = yes\n'
        printf '[late]\ncommand = service late notify READY=1\nready = notify\nautostart = no\n'
        printf '[never]\ncommand = sleep 1000\nready = file:%s/never\n' "$PWD"
        printf '[waits]\ncommand = sleep 1000\ndepends_on = never:ready\n'
        seq 100 | sed "s/.*/[crash&]\ncommand = false\nrestart = always\nrestart_delay = $2/"
    } | configure
    run_foster "$1"
    happens 'main starts'
}

# at_once COMMAND...: checks that it succeeds without delay.
at_once() {
    local begin
    begin=$(now_ms)
    "$@" >/dev/null
    within "$begin" "$AT_ONCE"
}

usr1_arrives() {
    send USR1
    happens 'main signal 10' "$1"
}

@test "while 100 services crash every millisecond, ctl, READY=1, signals and the stop work (125)" {
    local way delays i
    for way in "${SERVICE_WAYS[@]}"; do
        for delays in 1ms..1ms 0s..1ms; do
            storm "$way" "$delays"
            for i in 1 2 3; do
                at_once ctl status main
                at_once ctl start late
                at_once ctl stop late
                at_once usr1_arrives "$i"
            done
            [ "$(count 'late starts')" -eq 3 ]
            # there is a storm
            ctl status --json | jq -e '[.services[].restarts] | add > 300' >/dev/null
            send TERM
            ends 0
        done
    done
}
