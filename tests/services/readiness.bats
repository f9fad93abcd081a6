#!/usr/bin/env bats
# B starts after A is ready, by each method of readiness, and not before.

load helpers

# readies READY VERB...: A reports readiness by these verbs when the file `go` exists; B waits for
# A.
readies() {
    local ready=$1
    shift
    own_network
    configure <<-END
		[a]
		command = service a wake a.up wait go $*
		ready = $ready
		[b]
		command = service b
		depends_on = a:ready
	END
    run_foster "${way:-as_pid1}"
    wait_until test -e a.up
    is_now a starting
    is_now b waiting
    fails ctl wait a:ready --timeout 200ms
    never 'b starts'
    : >go
    ctl wait a:ready
    happens 'b starts'
    reaches a ready
    [ "$(count 'a connection')" -le 1 ]
    silent
    send TERM
    ends 0
}

@test "ready by sd_notify (88)" {
    for way in as_pid1 as_child; do
        readies notify 'notify STATUS=warm|READY=1'
        rm -f go a.up
    done
}
@test "ready by a newline on a descriptor (88)" { readies fd:5 newline 5; }
@test "ready by tcp (88)" { readies tcp:127.0.0.1:8080 listen tcp:8080; }
@test "ready by tcp, with the port alone (88)" { readies tcp:8080 listen tcp:8080; }
@test "ready by a unix socket (88)" { readies "unix:$PWD/a.sock" listen "unix:$PWD/a.sock"; }
@test "ready by a file (88)" { readies "file:$PWD/a.ready" wake a.ready; }
@test "ready by a command (88)" { readies 'exec:test -e a.ready' wake a.ready; }
@test "without `ready`, a service is ready when it runs (88)" {
    printf '[a]\ncommand = service a\nready = none\n' >conf
    printf '[b]\ncommand = service b\ndepends_on = a:ready\n' >>conf
    run_foster as_pid1
    happens 'b starts'
    is_now a running
}

@test "a descriptor that is closed without a newline is no readiness (88)" {
    configure <<-'END'
		[a]
		command = sh -c 'exec 5>&-; exec service a wake a.up'
		ready = fd:5
		[b]
		command = service b
		depends_on = a
	END
    run_foster as_pid1
    wait_until test -e a.up
    fails ctl wait b:started --timeout 300ms
    is_now b waiting
    idle_for 500
}

# idle_for MS: checks that foster does not run in this time.
idle_for() {
    local before
    before=$(switches)
    read -r -t "0.$1" _ <> <(:) || true
    between 0 "$(($(switches) - before))" 10
}
switches() {
    cat "/proc/$init"/task/*/status | awk '/^voluntary_ctxt/ { n += $2 } END { print n }'
}

@test "a service that is not ready in time has failed, and so have its dependents (88)" {
    configure <<-'END'
		[a]
		command = service a
		ready = notify
		ready_timeout = 200ms
		[b]
		command = service b
		depends_on = a
		[c]
		command = service c
	END
    run_foster as_pid1
    happens 'a signal 15'
    between 150 "$(gap 'a .*' 1 2)" 1500 # from the fork on, which is before the first line
    reaches b failed
    never 'b starts'
    is_now a failed
    grep -q '^foster: .*a.*ready.*0.20 s' "$err"
}

@test "a service that is not ready in time is restarted by its policy (88)" {
    configure <<-'END'
		[a]
		command = sh -c 'if [ -e second ]; then exec service a notify READY=1; fi;
		    : >second; exec service a'
		ready = notify
		ready_timeout = 200ms
		restart = on-failure
	END
    run_foster as_pid1
    reaches a ready
    [ "$(count 'a starts')" -eq 2 ]
}

@test "EXTEND_TIMEOUT_USEC gives a start more time (88)" {
    configure <<-'END'
		[a]
		command = service a notify EXTEND_TIMEOUT_USEC=3000000 sleep 600 notify READY=1
		ready = notify
		ready_timeout = 300ms
	END
    run_foster as_pid1
    reaches a ready
    never 'a signal'
}

@test "a readiness command that hangs delays no other service, and ends with its own (93)" {
    configure <<-'END'
		[a]
		command = service a wake a.up
		ready = exec:sh -c 'echo $$ >>probes; sleep 60 & wait'
		[b]
		command = service b
	END
    run_foster as_pid1
    happens 'b starts'
    wait_until test -s probes
    from=$(now_ms)
    ctl stop b
    within "$from" 2000
    ctl stop a
    wait_until no_sleep
    [ "$(sort -u probes | wc -l)" -eq "$(wc -l <probes)" ]
    silent
}
no_sleep() {
    ! pgrep -P "$init" -f 'sleep 60' >/dev/null &&
        ! pgrep --ns "$init" --nslist pid -x sleep >/dev/null
}

@test "a service that ends before it is ready has failed, also with exit code 0 (88)" {
    printf '[a]\ncommand = service a exit 0\nready = notify\n' >conf
    printf '[b]\ncommand = service b\ndepends_on = a\n' >>conf
    prepare_folder
    foster as_pid1 --config conf --control "$PWD/sock" || true
    happens 'a starts'
    never 'b starts'
}

@test "ready = after:DURATION: a run that lasts so long is ready (155)" {
    configure <<-'END'
		[app]
		command = service app
		ready = after:300ms
		[web]
		command = service web
		depends_on = app:ready
	END
    run_foster as_pid1
    happens 'app starts'
    is_now app starting
    happens 'web starts'
    reaches app ready
    between 290 "$(gap '.* starts' 1 2)" 1500
    silent
}

@test "ready = after:DURATION: a run that ends before has failed, whatever its code (155)" {
    configure <<-'END'
		[app]
		command = service app exit 0
		ready = after:1m
		restart = on-failure:2
		restart_delay = 10ms
		[web]
		command = service web
		depends_on = app
	END
    exits_with 1 as_pid1
    [ "$(count 'app starts')" -eq 3 ]
    never 'web starts'
    [[ $stderr == *"app"*"before it was ready"*"too often"*"web cannot start: app "* ]] ||
        { echo "$stderr" && false; }
}

@test "ready = after:DURATION: a health check begins when the time is over (155)" {
    configure <<-'END'
		[app]
		command = service app
		ready = after:200ms
		healthcheck = sh -c 'echo x >>probes'
		healthcheck_interval = 10ms
	END
    run_foster as_pid1
    happens 'app starts'
    reaches app ready
    wait_until test -e probes
}
