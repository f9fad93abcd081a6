#!/usr/bin/env bats
# Health checks: one at a time, killed at their timeout, silent on success; a failure is handled by
# the restart policy.

load helpers

@test "a health check that hangs is killed at its timeout with its children, one at a time (93)" {
    configure <<-'END'
		[a]
		command = service a
		healthcheck = sh -c 'echo begins >>probes; sleep 99 & sleep 99'
		healthcheck_interval = 50ms
		healthcheck_timeout = 300ms
		healthcheck_retries = 1000
	END
    run_foster as_pid1
    wait_for_line probes begins 3
    for _ in {1..20}; do [ "$(sleepers)" -le 2 ]; done
    wait_for_line probes begins 5
    is_now a running
    ctl stop a
    wait_until no_sleepers
    [ "$(grep -c . "$err")" -le 1 ]
}
no_sleepers() { [ "$(sleepers)" -eq 0 ]; }
sleepers() { pgrep --ns "$init" --nslist pid -c -x sleep || true; }

@test "health checks that succeed print nothing, and foster is healthy (93)" {
    configure <<-'END'
		[a]
		command = service a
		healthcheck = sh -c 'echo chatter; echo begins >>probes'
		healthcheck_interval = 20ms
	END
    run_foster as_pid1
    wait_for_line probes begins 5
    ctl health
    [[ $(ctl status) == *healthy* ]]
    silent
    fails grep chatter "$out"
}

@test "an unhealthy service is stopped as failed, and started again (94)" {
    configure <<-'END'
		[a]
		command = service a
		healthcheck = sh -c '! test -e sick'
		healthcheck_interval = 50ms
		healthcheck_retries = 3
		restart = on-failure
		restart_delay = 10ms..20ms
	END
    run_foster as_pid1
    happens 'a starts'
    wait_until is_healthy a
    : >sick
    happens 'a signal 15'
    happens 'a starts' 2
    rm sick
    wait_until is_healthy a
    is_now a running
    grep -q '^foster: .*a.*\(well\|health\)' "$err"
    [ "$(field a restarts)" -ge 1 ]
}

@test "with restart = no an unhealthy service is logged once, goes on, and may recover (94)" {
    configure <<-'END'
		[a]
		command = service a
		essential = yes
		healthcheck = sh -c '! test -e sick'
		healthcheck_interval = 30ms
		healthcheck_retries = 2
	END
    run_foster as_pid1
    wait_until is_healthy a
    : >sick
    wait_until unhealthy
    [[ $(ctl status) == *unhealthy* ]]
    is_now a running
    never 'a signal 15'
    [ "$(grep -c '^foster: .*a.*' "$err")" -eq 1 ]
    rm sick
    wait_until is_healthy a
}
unhealthy() { ! ctl health >/dev/null 2>&1; }

@test "fewer failures in a row than healthcheck_retries change nothing (94)" {
    configure <<-'END'
		[a]
		command = service a
		healthcheck = sh -c 'echo >>probes; test $(( $(wc -l <probes) % 3 )) = 0'
		healthcheck_interval = 20ms
		healthcheck_retries = 3
		restart = always
	END
    run_foster as_pid1
    wait_until test -e probes
    wait_until many_probes 12
    [ "$(count 'a starts')" -eq 1 ]
    silent
}
is_healthy() { [ "$(field "$1" health)" = healthy ]; }
many_probes() { [ "$(wc -l <probes)" -ge "$1" ]; }

@test "failures in healthcheck_start_period do not count, and the first success ends it" {
    configure <<-'END'
		[a]
		command = service a
		healthcheck = sh -c 'echo >>probes; test -e well'
		healthcheck_interval = 20ms
		healthcheck_retries = 2
		healthcheck_start_period = 60s
		restart = always
	END
    run_foster as_pid1
    wait_until many_probes 6
    [ "$(count 'a starts')" -eq 1 ]
    [[ $(ctl status) == *starting* ]]
    : >well
    wait_until is_healthy a
    rm well
    happens 'a starts' 2
}

@test "a health check that cannot be run is a failure that says why" {
    configure <<-'END'
		[a]
		command = service a
		healthcheck = absent-probe
		healthcheck_interval = 30ms
		healthcheck_retries = 2
	END
    run_foster as_pid1
    happens 'a starts'
    wait_until grep -q absent-probe "$err"
    wait_until unhealthy
    between 1 "$(grep -c absent-probe "$err")" 3
}

@test "health checks begin when the service is ready, as its user and in its directory" {
    mkdir dir
    chmod 777 dir
    configure <<-END
		[a]
		command = service a wait go notify READY=1
		ready = notify
		user = 1234:1234
		working_dir = $PWD/dir
		environment = WHO=me
		healthcheck = sh -c 'echo "\$(id -u) \$WHO \$(pwd)" >>probes'
		healthcheck_interval = 20ms
	END
    run_foster as_pid1
    happens 'a starts'
    fails ctl wait a --timeout 200ms
    [ ! -e dir/probes ]
    : >dir/go
    wait_for_line dir/probes "^1234 me $PWD/dir"
}

@test "ctl health names a service that has failed or is not ready" {
    configure <<-'END'
		[a]
		command = service a
		essential = yes
		ready = notify
		[b]
		command = exit 3
	END
    run_foster as_pid1
    reaches b failed
    run ! ctl health
    [[ $output == *a* && $output == *b*failed* ]] || { echo "$output" && false; }
}
