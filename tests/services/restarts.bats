#!/usr/bin/env bats
# Whether a service is started again, after which delay, and how often.

load helpers

@test "on-failure: started again after a delay that doubles up to a limit (83)" {
    configure <<-'END'
		[a]
		command = service a exit 1
		restart = on-failure
		restart_delay = 100ms..400ms
	END
    run_foster as_pid1
    happens 'a starts' 6
    for at in 1:100 2:200 3:400 4:400 5:400; do
        n=${at%:*} delay=${at#*:}
        between "$((delay - 2))" "$(gap 'a starts' "$n" $((n + 1)))" "$((delay * 9 / 8 + 250))"
    done
    [[ $(ctl status a) == *"backing off"* || $(ctl status a) == *running* ]]
    [ "$(field a restarts)" -ge 5 ]
    send TERM
    ends 0
    grep -q '^foster: .*a.*exited with status 1.*again in 0.[12]' "$err"
}

@test "after a run of 10 s the next delay is the first again (83)" {
    configure <<-'END'
		[a]
		command = sh -c 'echo >>runs; [ $(wc -l <runs) = 3 ] &&
		    exec service a sleep 10100 exit 1; exec service a exit 1'
		restart = on-failure
		restart_delay = 100ms..800ms
	END
    run_foster as_pid1
    happens 'a starts' 5
    between 198 "$(gap 'a starts' 2 3)" 600
    between 10198 "$(gap 'a starts' 3 4)" 10490
    between 198 "$(gap 'a starts' 4 5)" 600
}

@test "a run longer than the delays, but under 10 s, does not reset them (83, 84)" {
    configure <<-'END'
		[a]
		command = service a sleep 150 exit 9
		restart = on-failure:2
		restart_delay = 100ms
		essential = yes
	END
    exits_with 9 as_pid1
    between 2 "$(count 'a starts')" 3
}

@test "on-failure:N gives up after N failures in a row, logged once (84)" {
    configure <<-'END'
		[a]
		command = service a exit 9
		restart = on-failure:3
		restart_delay = 10ms..5s
		[b]
		command = service b
	END
    run_foster as_pid1
    reaches a failed
    starts=$(count 'a starts')
    between 3 "$starts" 4
    [ "$(grep -c 'too often' "$err")" -eq 1 ]
    [[ $(ctl status a) == *failed*9* ]]
    ctl stop b
    [ "$(count 'a starts')" -eq "$starts" ]
}

@test "an essential service that is given up stops the container with its code (84)" {
    configure <<-'END'
		[a]
		command = service a exit 9
		essential = yes
		restart = on-failure:2
		restart_delay = 10ms..5s
		[b]
		command = service b
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster_to_end 9 "$way"
        between 2 "$(count 'a starts')" 3
        happens 'b ends'
    done
}
run_foster_to_end() { exits_with "$@"; }

@test "a command that does not exist fails at once, with a reason and no second attempt (85)" {
    configure <<-'END'
		[a]
		command = absent-program with words
		restart = always
		restart_delay = 10ms..10ms
		[b]
		command = service b
	END
    run_foster as_pid1
    reaches a failed
    happens 'b starts'
    [[ $(ctl status a) == *failed* ]]
    told '^foster: a: cannot run absent-program: .*not found'
    [ "$(grep -c . "$err")" -eq 1 ]
    ctl stop b
    [ "$(grep -c . "$err")" -eq 1 ]
    ctl start b
    happens 'b starts' 2
}

@test "a command that exists later can be started by hand (85)" {
    configure <<-'END'
		[a]
		command = ./later
		[b]
		command = service b
	END
    run_foster as_pid1
    reaches a failed
    printf '#!/bin/sh\nexec service a\n' >later
    chmod 755 later
    ctl start a
    happens 'a starts'
    is_now a running
}

@test "an end within the first second counts, and the policy applies (86)" {
    for policy in always:0 always:3 on-failure:3; do
        printf '[a]\ncommand = service a exit %d\nrestart = %s\nrestart_delay = 10ms..10ms\n' \
            "${policy#*:}" "${policy%:*}" >conf
        run_foster as_pid1
        happens 'a starts' 4
        send TERM
        ends 0
    done
}

@test "restart = no, and on-failure after a success, start nothing again" {
    for case in no:0:done no:3:failed on-failure:0:done; do
        IFS=: read -r policy code state <<<"$case"
        printf '[a]\ncommand = service a exit %d\nrestart = %s\n' "$code" "$policy" >conf
        printf 'restart_delay = 1ms..10ms\n[b]\ncommand = service b\n' >>conf
        run_foster as_pid1
        reaches a "$state"
        send TERM
        wait "$job" || true
        [ "$(count 'a starts')" -eq 1 ]
    done
}

@test "a failed oneshot is tried again by its policy, and its dependents wait" {
    configure <<-'END'
		[job]
		command = sh -c 'echo >>runs; exec service job exit $(( $(wc -l <runs) < 3 ))'
		type = oneshot
		restart = on-failure
		restart_delay = 10ms..10ms
		[b]
		command = service b exit 0
		depends_on = job
	END
    exits_with 0 as_pid1
    [ "$(count 'job starts')" -eq 3 ]
    [ "$(count 'b starts')" -eq 1 ]
    in_order 'job ends' 'b starts'
}

@test "--restart: one main service without a file" {
    prepare_folder
    exits 0 as_pid1 --restart on-failure -- \
        sh -c 'echo >>runs; exec service a exit $(( $(wc -l <runs) < 3 ))'
    [ "$(count 'a starts')" -eq 3 ]
    exits 4 as_pid1 --restart on-failure:1 -- service b exit 4
    between 1 "$(count 'b starts')" 2
    exits 127 as_pid1 --restart always -- absent-program
    [ "$(grep -c 'not found' <<<"$stderr")" -eq 1 ]
    exits 2 as_pid1 --restart sometimes -- true
    start as_pid1 --restart always -- signals 3>&-
    wait_for_line "$out" '^ready '
    send HUP
    wait_for_line "$out" '^signal 1$'
    send TERM
    ends 0
    [ "$(grep -c '^ready' "$out")" -eq 1 ]
}

# The system calls that wait get a duration or the monotonic clock, none the wall clock.
@test "no timer uses the wall clock, which may jump (87)" {
    OTHER_PID1=(strace -f -qq -o trace)
    configure <<-'END'
		[a]
		command = service a exit 1
		restart = on-failure:2
		restart_delay = 10ms..5s
		ready = file:absent
		ready_timeout = 5s
		healthcheck = true
		healthcheck_interval = 20ms
	END
    exits_with 1 as_child
    grep -q -E 'epoll_p?wait|futex|ppoll|rt_sigtimedwait' trace
    fails grep -E 'CLOCK_REALTIME|TFD_TIMER_ABSTIME|setitimer|alarm\(' trace
}

@test "success_exit_codes: such an end is a success for restart, dependents and foster (147)" {
    configure <<-'END'
		[java]
		command = service java wait go exit 143
		essential = yes
		restart = on-failure
		success_exit_codes = 143 SIGINT
		[job]
		command = service job exit 3
		type = oneshot
		success_exit_codes = 3
		[after]
		command = service after
		depends_on = job:completed
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'after starts'
        : >go
        ends 0
        [ "$(count 'java starts')" -eq 1 ]
        [ "$(count 'job starts')" -eq 1 ]
        silent
        rm go
    done
}

@test "success_exit_codes: 143 is an end by TERM as well, and a signal is an end by it (147)" {
    for end in 143:TERM TERM:TERM 137,INT:INT 'SIGUSR1 137:KILL'; do
        printf '[a]\ncommand = service a die %s\nessential = yes\nrestart = on-failure\n' \
            "${end#*:}" >conf
        printf 'success_exit_codes = %s\n' "${end%:*}" >>conf
        exits_with 0 as_pid1
        [ "$(count 'a starts')" -eq 1 ]
    done
    printf '[a]\ncommand = service a die INT\nessential = yes\nsuccess_exit_codes = 143\n' >conf
    exits_with 130 as_pid1
}

@test "success_exit_codes: foster ends with 0 when it is stopped and java ends with 143 (147)" {
    configure <<-'END'
		[java]
		command = service java code 143
		essential = yes
		success_exit_codes = 143
	END
    run_foster as_pid1
    happens 'java starts'
    send TERM
    ends 0
}

@test "ready_timeout bounds a oneshot (157)" {
    configure <<-'END'
		[job]
		command = service job
		type = oneshot
		ready_timeout = 200ms
		restart = on-failure:1
		restart_delay = 10ms
		[after]
		command = service after
		depends_on = job
	END
    exits_with 1 as_pid1
    [ "$(count 'job starts')" -eq 2 ]
    never 'after starts'
    [[ $stderr == *"job has not ended after 0.20 s"*"took too long"*"too often"* ]] ||
        { echo "$stderr" && false; }
}

@test "every: a oneshot is started again that long after its last start, once at a time (157)" {
    configure <<-'END'
		[tick]
		command = service tick sleep 50 exit 0
		type = oneshot
		every = 300ms
		[long]
		command = service long sleep 300 exit 0
		type = oneshot
		every = 100ms
		[fails]
		command = service fails exit 1
		type = oneshot
		every = 400ms
		restart = on-failure:1
		restart_delay = 10ms
		[web]
		command = service web wait go exit 0
		depends_on = tick
	END
    run_foster as_pid1
    happens 'tick starts' 4
    between 298 "$(gap 'tick starts' 2 3)" 500
    between 298 "$(gap 'long starts' 1 2)" 600
    happens 'fails starts' 4
    between 0 "$(gap 'fails starts' 3 4)" 200
    ctl stop fails
    is_now fails stopped
    ctl stop tick
    ctl start tick
    happens 'tick ends' 5
    ctl stop long
    : >go
    ctl stop web || true
}

@test "every: such a oneshot does not keep foster alive (157)" {
    configure <<-'END'
		[tick]
		command = service tick exit 0
		type = oneshot
		every = 1h
		[web]
		command = service web wait go exit 0
	END
    run_foster as_pid1
    happens 'tick ends'
    : >go
    ends 0
}
