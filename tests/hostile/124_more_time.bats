#!/usr/bin/env bats
# EXTEND_TIMEOUT_USEC gives a service more time while it starts or stops, up to a limit.

load helpers

FOREVER=9999999999 # us

@test "EXTEND_TIMEOUT_USEC extends a start up to ten times ready_timeout (124)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        configure <<-END
			[slow]
			command = service slow notify EXTEND_TIMEOUT_USEC=1500000 sleep 1000
			    notify READY=1
			ready = notify
			ready_timeout = 300ms
			[endless]
			command = service endless notify EXTEND_TIMEOUT_USEC=$FOREVER
			ready = notify
			ready_timeout = 100ms
			[k]
			command = service k
		END
        run_foster "$way"
        reaches slow ready
        reaches endless failed
        between 900 "$(gap 'endless .*' 1 2)" 2500
        [ "$(count 'slow ends')" -eq 0 ]
        send TERM
        ends 0
    done
}

@test "EXTEND_TIMEOUT_USEC extends a stop up to ten times stop_grace_period (124)" {
    configure <<-END
		[slow]
		command = service slow notify READY=1 ignore TERM until USR1 linger 10 wait go
		    notify EXTEND_TIMEOUT_USEC=1500000
		    wake asked sleep 1000 die USR1
		ready = notify
		stop_grace_period = 500ms
		[endless]
		command = service endless notify READY=1 ignore TERM wait go
		    notify EXTEND_TIMEOUT_USEC=$FOREVER
		ready = notify
		stop_grace_period = 300ms
		[k]
		command = service k
	END
    run_foster as_pid1
    reaches slow ready
    reaches endless ready
    from=$(now_ms)
    ctl stop slow endless &
    reaches endless stopping
    : >go
    wait $!
    between 2700 $(($(now_ms) - from)) 5000
    told 'slow has not stopped' 0
    told 'endless has not stopped'
}

# leftover: makes a script that outlives its run, ignores TERM, and asks for more time again and
# again.
leftover() {
    cat >leftover <<-END
		trap : TERM
		for i in \$(seq 200); do
		    service x notify EXTEND_TIMEOUT_USEC=$FOREVER wake asked sleep 20 exit 0
		done
	END
}

@test "EXTEND_TIMEOUT_USEC of a process left by a run delays neither a start nor a stop (124)" {
    leftover
    for way in "${HOSTILE_WAYS[@]}"; do
        configure <<-END
			[a]
			command = sh -c 'service a exit 0; setsid sh leftover &
			    service x notify READY=1 wait asked exit 0; exit 1'
			ready = notify
			restart = always
			restart_delay = 100ms
			stop_grace_period = 500ms
			[k]
			command = service k
		END
        run_foster "$way"
        happens 'a starts' 2
        between 0 "$(gap 'a starts' 1 2)" 2500
        from=$(now_ms)
        ctl stop --timeout 3s a
        within "$from" 2500
        from=$(now_ms)
        send TERM
        ends 0
        within "$from" 2500
    done
}

@test "EXTEND_TIMEOUT_USEC does not delay the stop of foster, sent before or during it (124)" {
    for when in before during; do
        rm -f go
        configure <<-END
			[a]
			command = service a notify READY=1 ignore TERM wait go
			    notify EXTEND_TIMEOUT_USEC=$FOREVER wake asked
			ready = notify
			stop_grace_period = 1s
			[k]
			command = service k
		END
        run_foster as_pid1
        reaches a ready
        if [ "$when" = before ]; then
            ctl stop a &
            reaches a stopping
            : >go
            happens 'a signal 15'
            wait_until test -e asked
            from=$(now_ms)
            send TERM
        else
            from=$(now_ms)
            send TERM
            happens 'a signal 15'
            : >go
        fi
        ends 0
        within "$from" 2500
    done
}
