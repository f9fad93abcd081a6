#!/usr/bin/env bats
# A service whose exec hangs delays no other.

load helpers

# hang FILE: makes a copy of sleep whose exec hangs until the test ends; skips where that cannot be.
hang() {
    cp "$(command -v service)" "$1"
    hang_job=''
    "$BIN/hang" "$1" >hangs 3>&- &
    hang_job=$!
    wait_until test -s hangs -o ! -e "/proc/$hang_job" || true
    [ -s hangs ] || skip "needs fanotify with FAN_OPEN_EXEC_PERM"
}

let_go() {
    kill -KILL "$hang_job" 2>/dev/null || true
    wait "$hang_job" 2>/dev/null || true
}

teardown() {
    let_go
    if [ -n "$job" ]; then
        [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
        pkill -KILL -P "$job" || true
        wait "$job" || true
    fi
}

# A child of foster that has not called exec yet is named foster, too.
a_start_hangs() { wait_until pgrep -P "$init" -x foster >/dev/null; }
none_hangs() { ! pgrep -P "$init" -x foster >/dev/null; }

# Each answer must come within 100 ms, and as much again for a busy machine.
at_once() {
    local from
    from=$(now_ms)
    "$@" && within "$from" 300
}

@test "while one exec hangs, ctl, readiness, restarts, health checks and signals go on (107)" {
    hang slow
    configure <<-END
		[main]
		command = service main
		essential = yes
		healthcheck = wake healthy
		healthcheck_interval = 50ms
		[slow]
		command = $PWD/slow slow
		[after]
		command = service after
		depends_on = slow:started
		[crash]
		command = service crash wait go exit 3
		restart = always
		restart_delay = 10ms
		[late]
		command = service late notify READY=1
		ready = notify
		autostart = no
	END
    sed -i 's/wake healthy/service h wake healthy exit 0/' conf
    for way in as_pid1 as_child; do
        rm -f go healthy
        run_foster "$way"
        a_start_hangs
        at_once ctl status main
        is_now slow starting
        is_now after waiting
        at_once ctl start late
        is_now late ready
        wait_until test -e healthy
        : >go
        happens 'crash starts' 3
        at_once ctl signal HUP main
        happens 'main signal 1'
        at_once ctl restart late
        a_start_hangs
        from=$(now_ms)
        send TERM
        ends 0
        within "$from" 1500
        never 'slow starts'
        never 'after starts'
    done
}

@test "a start whose exec hangs is ended by ready_timeout, also without a readiness method (107)" {
    hang slow
    configure <<-END
		[main]
		command = service main
		[slow]
		command = $PWD/slow slow
		ready_timeout = 300ms
		[slower]
		command = $PWD/slow slower
		ready = notify
		ready_timeout = 300ms
	END
    run_foster as_pid1
    reaches slow failed
    reaches slower failed
    told 'slow is not ready after 0.30 s: stopping it'
    told 'slower is not ready after 0.30 s: stopping it'
    none_hangs
}

@test "ctl stop ends a start whose exec hangs, which goes on when the exec returns (107)" {
    hang slow
    printf '[main]\ncommand = service main\n[slow]\ncommand = %s/slow slow\n' "$PWD" >conf
    run_foster as_pid1
    a_start_hangs
    at_once ctl stop slow
    is_now slow stopped
    none_hangs
    ctl start slow --timeout 200ms && false
    a_start_hangs
    let_go
    reaches slow running
    happens 'slow starts'
}

@test "a probe and a stop command whose exec hangs are ended at their time limits (107)" {
    hang slow
    configure <<-END
		[probed]
		command = service probed
		healthcheck = $PWD/slow h
		healthcheck_interval = 50ms
		healthcheck_timeout = 200ms
		healthcheck_retries = 1
		[stopped]
		command = service stopped
		stop_command = $PWD/slow s
		stop_grace_period = 500ms
	END
    run_foster as_pid1
    wait_until grep -q 'probed is unhealthy' "$err"
    at_once ctl status probed
    from=$(now_ms)
    fails ctl stop stopped --timeout 100ms
    reaches stopped stopped
    within "$from" 2000
}

@test "a hundred starts whose exec hangs keep no other service from being started (107)" {
    hang slow
    printf '[s]\ncommand = %s/slow s\n' "$PWD" >one
    for i in {1..100}; do sed "s/\[s\]/[s$i]/" one; done >conf
    printf '[last]\ncommand = service last\n' >>conf
    run_foster as_pid1
    happens 'last starts'
    at_once ctl status last
    from=$(now_ms)
    send TERM
    ends 0
    within "$from" 3000
}

@test "a probe's path on a file system that does not answer delays no other service (107)" {
    local way
    mkdir dead
    "${NAMESPACE[@]}" "$BIN/dead_fs" "$PWD/dead" true 3>&- || skip "needs FUSE"
    configure <<-END
		[file]
		command = service file
		ready = file:$PWD/dead/file
		ready_timeout = 500ms
		[unix]
		command = service unix
		ready = unix:$PWD/dead/socket
		restart = always
		[quick]
		command = service quick notify READY=1
		ready = notify
		[there]
		command = service there
		ready = file:$PWD
		depends_on = quick:ready
	END
    for way in as_pid1 as_child; do
        via=(dead_fs "$PWD/dead")
        run_foster "$way"
        reaches quick ready
        reaches there ready
        at_once ctl status
        at_once ctl signal USR1 unix
        happens 'unix signal 10'
        reaches file failed
        [ "$(state unix)" = starting ]
        at_once ctl stop unix
        send TERM
        ends 0
    done
}
