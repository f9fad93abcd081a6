#!/usr/bin/env bats
# B starts after A is ready, by each way in which that can be said: not before, and not without.

load helpers

# readies READY VERB...: A says that it is ready by these verbs once the file `go` is there; B waits for A.
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

@test "88: ready by sd_notify" {
    for way in as_pid1 as_child; do
        readies notify 'notify STATUS=warm|READY=1'
        rm -f go a.up
    done
}
@test "88: ready by a newline on a descriptor" { readies fd:5 newline 5; }
@test "88: ready by tcp" { readies tcp:127.0.0.1:8080 listen tcp:8080; }
@test "88: ready by tcp, the port alone" { readies tcp:8080 listen tcp:8080; }
@test "88: ready by a unix socket" { readies "unix:$PWD/a.sock" listen "unix:$PWD/a.sock"; }
@test "88: ready by a file" { readies "file:$PWD/a.ready" wake a.ready; }
@test "88: ready by a command" { readies 'exec:test -e a.ready' wake a.ready; }
@test "88: none: it is ready when it runs" {
    printf '[a]\ncommand = service a\nready = none\n[b]\ncommand = service b\ndepends_on = a:ready\n' >conf
    run_foster as_pid1
    happens 'b starts'
    is_now a running
}

@test "88: a descriptor that is closed without a newline says nothing" {
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

# idle_for MS: over this time foster does not take the processor.
idle_for() {
    local before
    before=$(switches)
    read -r -t "0.$1" _ <> <(:) || true
    between 0 "$(($(switches) - before))" 10
}
switches() { cat "/proc/$init"/task/*/status | awk '/^voluntary_ctxt/ { n += $2 } END { print n }'; }

@test "88: not ready in time: the run is a failure, it is said, and what waits for it fails" {
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

@test "88: not ready in time: the restart policy applies" {
    configure <<-'END'
		[a]
		command = sh -c 'if [ -e second ]; then exec service a notify READY=1; fi; : >second; exec service a'
		ready = notify
		ready_timeout = 200ms
		restart = on-failure
	END
    run_foster as_pid1
    reaches a ready
    [ "$(count 'a starts')" -eq 2 ]
}

@test "88: EXTEND_TIMEOUT_USEC gives it more time" {
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

@test "93: a command that asks for readiness and hangs holds up nobody, and ends with the service" {
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
no_sleep() { ! pgrep -P "$init" -f 'sleep 60' >/dev/null && ! pgrep --ns "$init" --nslist pid -x sleep >/dev/null; }

@test "88: it ends before it is ready: that is a failure, also with 0" {
    printf '[a]\ncommand = service a exit 0\nready = notify\n[b]\ncommand = service b\ndepends_on = a\n' >conf
    prepare_folder
    foster as_pid1 --config conf --control "$PWD/sock" || true
    happens 'a starts'
    never 'b starts'
}
