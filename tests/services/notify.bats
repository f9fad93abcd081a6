#!/usr/bin/env bats
# sd_notify(3): messages of services count, and messages of other processes do not.

load helpers

@test "STATUS is shown without control characters" {
    configure <<-'END'
		[a]
		command = service a notify 'STATUS=warming up|READY=1' wait go
		    notify "STATUS=odd \x"
		ready = notify
	END
    run_foster as_pid1
    reaches a ready
    [[ $(ctl status) == *"warming up"* ]]
    ctl status --json | jq -e '.services[0] | tostring | contains("warming up")'
}

@test "sd_notify messages count only from the service's own processes" {
    configure <<-'END'
		[a]
		command = sh -c 'echo $NOTIFY_SOCKET >socket; exec service a'
		ready = notify
		[b]
		command = sh -c 'until [ -s socket ]; do sleep 0.01; done;
		    NOTIFY_SOCKET=$(cat socket) exec service b notify READY=1 notify STATUS=lie
		    wake b.told'
	END
    run_foster as_pid1
    wait_until test -e b.told
    reaches b running
    NOTIFY_SOCKET=$(cat socket) timeout 5 service stranger notify READY=1 exit 0
    NOTIFY_SOCKET=$(cat socket) nsenter -t "$init" -p \
        timeout 5 service stranger notify READY=1 exit 0 3>&-
    fails ctl wait a:ready --timeout 300ms
    is_now a starting
    [[ $(ctl status) != *lie* ]]
}

@test "sd_notify messages count from a child of the service, also in its own session" {
    configure <<-'END'
		[a]
		command = sh -c 'setsid service child notify READY=1 barrier 5000 exit 0;
		    exec service a'
		ready = notify
	END
    for way in as_pid1 as_child; do
        run_foster "$way"
        reaches a ready
        send TERM
        ends 0
    done
}

@test "malformed and long sd_notify messages do no harm" {
    configure <<-'END'
		[a]
		command = service a notify = notify READY= notify READY=2 notify '|||'
		    notify WATCHDOG_USEC=x notify MAINPID=1 notify MAINPID=99999999
		    notify EXTEND_TIMEOUT_USEC=-1 wake rubbish wait go notify 'X=y|READY=1|Z'
		ready = notify
	END
    long=$(head -c 3000 /dev/zero | tr '\0' x)
    sed -i "s/wake rubbish/notify $long wake rubbish/" conf
    run_foster as_pid1
    wait_until test -e rubbish
    is_now a starting
    : >go
    reaches a ready
    send TERM
    ends 0
}

@test "BARRIER=1: its descriptor is closed when all earlier messages are handled" {
    printf '[a]\ncommand = service a notify READY=1 barrier 5000\nready = notify\n' >conf
    run_foster as_pid1
    happens 'a barrier'
    is_now a ready
}

@test "MAINPID: the service goes on in another process of its own" {
    configure <<-'END'
		[a]
		command = sh -c 'service inner & echo $! >inner.pid;
		    service x notify "MAINPID=$!|READY=1" barrier 5000 exit 0;
		    until [ -e go ]; do sleep 0.01; done'
		ready = notify
		restart = always
		restart_delay = 10ms..10ms
	END
    run_foster as_pid1
    reaches a ready
    outer=$(pgrep -P "$init" -x sh)
    : >go
    wait_until is_gone "$outer"
    is_now a ready
    [ "$(count 'inner starts')" -eq 1 ]
    [ "$(pid a)" = "$(cat inner.pid)" ]
    ctl signal HUP a
    happens 'inner signal 1'
    kill -KILL "$(pgrep -P "$init" -f 'service inner')"
    happens 'inner starts' 2
}

@test "MAINPID of another service's process is refused" {
    configure <<-'END'
		[victim]
		command = sh -c 'echo $$ >victim.pid; exec service victim wake victim.up'
		[a]
		command = sh -c 'service x wait victim.up exit 0;
		    exec service a notify "MAINPID=$(cat victim.pid)|READY=1"'
		ready = notify
	END
    run_foster as_pid1
    reaches a ready
    ctl stop a
    is_now a stopped
    never 'victim signal .*'
    is_now victim running
}

@test "watchdog: a service that is silent too long is stopped, and started again" {
    configure <<-'END'
		[a]
		command = service a tell WATCHDOG_USEC tell WATCHDOG_PID notify READY=1
		    sleep 200 notify WATCHDOG=1 sleep 200 notify WATCHDOG=1
		    sleep 200 notify WATCHDOG=1
		ready = notify
		watchdog = 400ms
		restart = on-failure
		restart_delay = 10ms..10ms
	END
    run_foster as_pid1
    happens 'a starts' 2
    happens 'a WATCHDOG_USEC=400000'
    happens "a WATCHDOG_PID=$(awk '/^a starts/ { print $3; exit }' journal)"
    between 990 "$(gap 'a .*' 1 4)" 2500
    grep -q '^foster: .*a.*\(watchdog\|well\|WATCHDOG\)' "$err"
}

@test "watchdog with restart = no: the service is stopped, and has failed" {
    configure <<-'END'
		[a]
		command = service a
		watchdog = 200ms
		[b]
		command = service b
	END
    run_foster as_pid1
    happens 'a ends'
    reaches a failed
    [ "$(count 'a starts')" -eq 1 ]
}

@test "WATCHDOG=trigger acts at once, and WATCHDOG_USEC changes the time" {
    configure <<-'END'
		[a]
		command = service a notify WATCHDOG=trigger
		watchdog = 60s
		[b]
		command = service b notify WATCHDOG_USEC=200000
		watchdog = 60s
		[c]
		command = service c notify WATCHDOG_USEC=60000000
		watchdog = 500ms
	END
    run_foster as_pid1
    happens 'a ends'
    happens 'b ends'
    reaches a failed
    reaches b failed
    is_now c running
}

@test "STOPPING=1: status and health show it, and the watchdog rests (143)" {
    configure <<-'END'
		[a]
		command = service a notify READY=1 wait go notify STOPPING=1 sleep 900 wake slept
		    wait end exit 0
		ready = notify
		watchdog = 600ms
		[b]
		command = service b
	END
    run_foster as_pid1
    reaches a ready
    : >go
    reaches a stopping
    [ "$(ctl health)" = "$(printf 'a: stopping\nhealthy')" ]
    wait_until test -e slept
    is_now a stopping
    : >end
    reaches a 'done'
    silent
}

@test "STOPPING=1 that nobody asked for starts stop_grace_period (143)" {
    configure <<-'END'
		[a]
		command = service a notify READY=1 notify STOPPING=1
		ready = notify
		stop_grace_period = 300ms
		stop_command = false
		restart = on-failure:1
		restart_delay = 10ms..10ms
		[b]
		command = service b
	END
    run_foster as_pid1
    happens 'a starts' 2
    between 290 "$(gap 'a starts' 1 2)" 2000
    reaches a failed
    told 'a has not stopped within 0.3. s: killing it' 2
    never 'a signal .*'
}

@test "a service that stops by itself may be stopped, and may ask for more time (143)" {
    configure <<-'END'
		[a]
		command = service a notify READY=1 notify STOPPING=1
		    notify EXTEND_TIMEOUT_USEC=1500000 sleep 900 wake slept wait end exit 3
		ready = notify
		stop_grace_period = 300ms
		restart = always
		[b]
		command = service b
	END
    run_foster as_pid1
    wait_until test -e slept
    ctl stop a --timeout 100ms || true
    : >end
    reaches a stopped
    never 'a signal .*'
    [ "$(count 'a starts')" -eq 1 ]
}

@test "STOPPING=1 before READY=1 is a failed start (143)" {
    configure <<-'END'
		[a]
		command = service a notify STOPPING=1 exit 0
		ready = notify
	END
    exits_with 1 as_pid1
    says 'a (pid .*) exited with status 0 .*, before it was ready'
}

# reloads: a service that reloads at HUP, until the file `back` exists.
reloads() {
    cat >reloads <<-'END'
		#!/bin/sh
		trap 'service x notify RELOADING=1 wait back notify READY=1 barrier 5000 exit 0' HUP
		service x notify READY=1 barrier 5000 exit 0
		while :; do sleep 0.02; done
	END
    chmod 755 reloads
    configure <<-END
		[a]
		command = $PWD/reloads
		${1:-ready = notify}
		[b]
		command = service b ignore HUP
		depends_on = a:ready
	END
    run_foster as_pid1
    happens 'b starts'
}

@test "RELOADING=1: status and health show it until READY=1 (143)" {
    for key in 'ready = notify' 'watchdog = 60s'; do
        rm -f back
        reloads "$key"
        before=$(state a)
        ctl reload a
        reaches a reloading
        [ "$(ctl health)" = "$(printf 'a: reloading\nhealthy')" ]
        ctl status --json | jq -e '.services[0].ready'
        ctl wait a:ready
        : >back
        reaches a "$before"
        silent
        send TERM
        ends 0
    done
}

@test "ctl reload --wait waits until the service has reloaded (143)" {
    reloads
    run ! ctl reload --wait --timeout 300ms a
    [ "$output" = 'foster: a: reloading; the timeout has passed' ]
    : >back
    reaches a ready
    rm back
    ctl reload --wait a &
    job=$!
    reaches a reloading
    kill -0 "$job"
    : >back
    wait "$job"
    is_now a ready
}

@test "ctl reload --wait fails when the run ends, and for a service that cannot tell (143)" {
    reloads
    run ! ctl reload --wait a b
    [[ $output == 'foster: b: it cannot tell when it has reloaded'* ]]
    never 'b signal 1'
    is_now a ready
    ctl reload --wait a >answer 2>&1 &
    job=$!
    reaches a reloading
    ctl signal KILL a
    fails wait "$job"
    grep -q '^foster: a: failed, was killed by SIGKILL' answer
    run -2 ctl reload --timeout 1s a
}

@test "a service without notify keys has no NOTIFY_SOCKET" {
    printf '[a]\ncommand = service a tell NOTIFY_SOCKET tell WATCHDOG_USEC exit 0\n' >conf
    exits_with 0 as_pid1
    happens 'a NOTIFY_SOCKET=none'
    happens 'a WATCHDOG_USEC=none'
}
