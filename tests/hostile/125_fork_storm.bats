#!/usr/bin/env bats
# The processes of one service fork and exit for ever, each in a session of its own, and ignore
# TERM. They delay nothing else, and end when their time is over.

load helpers

AT_ONCE=3000 # ms, on a machine that the storm keeps busy; without a bound no answer came in 15 s

# storm WAY: starts foster with that service and with one that waits for signals.
storm() {
    configure <<-'END'
		[storm]
		command = storm
		stop_grace_period = 500ms
		[main]
		command = service main
		essential = yes
	END
    run_foster "$1"
    wait_for_line "$out" '^ready'
    happens 'main starts'
}

# at_once COMMAND...: checks that it succeeds without delay.
at_once() {
    local begin
    begin=$(now_ms)
    "$@" >/dev/null
    within "$begin" "$AT_ONCE"
}

hup_arrives() {
    send HUP
    happens 'main signal 1' "$1"
}

# is_over: true when none of these processes is left.
is_over() { ! pgrep -r R,S,D -x storm >/dev/null; }

@test "a service that forks without end is stopped, and delays neither ctl nor others (125)" {
    local way stop i
    for way in "${HOSTILE_WAYS[@]}"; do
        storm "$way"
        from=$(now_ms)
        ctl stop storm &
        stop=$!
        for i in 1 2 3; do
            at_once ctl status main
            at_once hup_arrives "$i"
        done
        wait "$stop"
        within "$from" 6000
        is_now storm stopped
        is_over
        send TERM
        ends 0
    done
}

@test "a service that forks without end does not delay the stop of foster (125)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        storm "$way"
        from=$(now_ms)
        send TERM
        ends 0
        within "$from" 6000
        wait_until is_over
    done
}

@test "one program that forks without end ends, and leaves no process behind (125)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        start "$way" --grace 500ms -- storm 3>&-
        wait_for_line "$out" '^ready'
        from=$(now_ms)
        send TERM
        ends 143
        within "$from" 5000
        told 'killing the processes that have not ended within'
        wait_until is_over
    done
}
