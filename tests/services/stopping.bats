#!/usr/bin/env bats
# The stop: in reverse order, each service in its own way, all within one time limit.

load helpers

@test "a service is stopped after all that depend on it have ended (77)" {
    configure <<-'END'
		[a]
		command = service a
		[b]
		command = service b linger 200
		depends_on = a
		[c]
		command = service c linger 200
		depends_on = b
		[d]
		command = service d linger 300
		depends_on = a
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'c starts'
        happens 'd starts'
        send TERM
        ends 0
        in_order 'c signal 15' 'c ends' 'b signal 15' 'b ends' 'a signal 15' 'a ends'
        in_order 'd signal 15' 'd ends' 'a signal 15'
        silent
    done
}

@test "a service is stopped before the dependencies of a oneshot that it waited for (77)" {
    configure <<-'END'
		[db]
		command = service db notify READY=1
		ready = notify
		[migrate]
		command = service migrate exit 0
		type = oneshot
		depends_on = db:ready
		[web]
		command = service web linger 300
		depends_on = migrate:completed
	END
    run_foster as_pid1
    happens 'web starts'
    send TERM
    ends 0
    in_order 'web signal 15' 'web ends' 'db signal 15' 'db ends'
}

@test "independent services stop side by side (77)" {
    for i in {1..8}; do printf '[s%d]\ncommand = service s%d linger 400\n' "$i" "$i"; done >conf
    run_foster as_pid1
    happens 's. starts' 8
    from=$(now_ms)
    send TERM
    ends 0
    within "$from" 1600
    [ "$(head -n 16 journal | grep -c signal)" -eq 8 ]
}

@test "a stop while services start, wait or back off starts nothing new, and ends at once (76)" {
    configure <<-'END'
		[slow]
		command = service slow
		ready = notify
		[waits]
		command = service waits
		depends_on = slow
		[job]
		command = service job
		type = oneshot
		[after]
		command = service after
		depends_on = job:completed
		[broken]
		command = service broken exit 1
		restart = always
		restart_delay = 1m..2m
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'slow starts'
        happens 'job starts'
        reaches broken 'backing off'
        from=$(now_ms)
        send TERM
        wait "$job" || true
        within "$from" 1500
        never 'waits starts'
        never 'after starts'
        [ "$(count 'broken starts')" -eq 1 ]
        happens 'slow ends'
        happens 'job ends'
    done
}

@test "a stop at any moment of the start ends all (76)" {
    for i in {1..40}; do printf '[s%d]\ncommand = service s%d\n' "$i" "$i"; done >conf
    for i in {2..40}; do sed -i "/^command = service s$i\$/a depends_on = s$((i - 1))" conf; done
    prepare_folder
    for lines in 0 0 0 0 0 0 1 5 20; do
        : >journal
        start as_pid1 --control "$PWD/sock" --config conf 3>&-
        [ "$lines" = 0 ] || happens 's.* starts' "$lines"
        send TERM
        wait "$job" || true
        [ "$(count 's.* starts')" -eq "$(count 's.* ends')" ] || [ "$lines" = 0 ]
    done
}

@test "a stop while a thousand services start does not start all of them (76)" {
    for i in {1..1000}; do printf '[s%d]\ncommand = service s%d\n' "$i" "$i"; done >conf
    prepare_folder
    start as_pid1 --control "$PWD/sock" --config conf 3>&-
    happens 's.* starts'
    send TERM
    ends 0
    [ "$(count 's.* starts')" -lt 1000 ]
    silent
}

@test "a service that ctl has stopped is not started again, and foster stays (78)" {
    configure <<-'END'
		[a]
		command = service a
		restart = always
		restart_delay = 1ms..10ms
		[b]
		command = service b
		depends_on = a
	END
    run_foster as_pid1
    happens 'b starts'
    ctl stop a
    is_now a stopped
    [ "$(count 'a starts')" -eq 1 ]
    kill -KILL "$(pgrep -P "$init" -f 'service b')"
    reaches b failed
    is_now a stopped
    ctl start a
    happens 'a starts' 2
    send TERM
    wait "$job" || true
}

@test "ctl stops a service that backs off, and an essential one: foster stays (78)" {
    configure <<-'END'
		[a]
		command = service a exit 1
		restart = always
		restart_delay = 200ms..200ms
		[main]
		command = service main
		essential = yes
	END
    run_foster as_pid1
    reaches a 'backing off'
    ctl stop a
    is_now a stopped
    starts=$(count 'a starts')
    ctl stop main
    is_now main stopped
    fails ctl wait a:started --timeout 400ms
    [ "$(count 'a starts')" -eq "$starts" ]
    ctl start main
    happens 'main starts' 2
    send TERM
    ends 0
}

@test "each service has its own stop signal and its own grace period (79)" {
    configure <<-'END'
		[slow]
		command = service slow until QUIT linger 1500
		stop_signal = SIGQUIT
		stop_grace_period = 60s
		[quick]
		command = service quick ignore INT
		stop_signal = INT
		stop_grace_period = 300ms
		[number]
		command = service number until 37 linger 10
		stop_signal = 37
	END
    run_foster as_pid1
    happens '.* starts' 3
    from=$(now_ms)
    send TERM
    wait "$job" || true
    within "$from" 4000
    happens 'slow signal 3'
    happens 'slow ends'
    happens 'quick signal 2'
    happens 'number signal 37'
    happens 'number ends'
    never 'quick ends'
    never '.* signal 15'
    told 'quick.*killing' 1
    told 'slow' 0
}

@test "a service that does not end is killed with its process group (79)" {
    configure <<-'END'
		[a]
		command = service a ignore TERM fork group
		stop_grace_period = 200ms
		[b]
		command = service b
	END
    run_foster as_pid1
    happens 'a forked'
    children=$(pgrep --ns "$init" --nslist pid -f 'service a')
    ctl stop a
    is_now a stopped
    for child in $children; do is_gone "$child"; done
    [ "$(wc -w <<<"$children")" -eq 2 ]
    is_now b running
}

@test "a stop command runs before the signal, and has the service's pid (80)" {
    configure <<-'END'
		[a]
		command = service a
		environment = WHO=me
		stop_command = sh -c 'service hook tell MAINPID tell WHO exit 0'
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'a starts'
        inner=$(awk '/^a starts/ { print $3 }' journal)
        send TERM
        ends 0
        in_order "hook MAINPID=$inner" 'hook WHO=me' 'hook ends' 'a signal 15' 'a ends'
        silent
    done
}

@test "a stop command that ends the service makes the signal unnecessary (80)" {
    configure <<-'END'
		[a]
		command = service a until USR1
		stop_command = sh -c 'kill -USR1 $MAINPID; sleep 0.2'
	END
    run_foster as_pid1
    happens 'a starts'
    send TERM
    ends 0
    happens 'a signal 10'
    never 'a signal 15'
}

@test "a stop command that hangs, or cannot be run, does not keep the service from its end (80)" {
    configure <<-'END'
		[a]
		command = service a
		stop_command = sleep 60
		stop_grace_period = 300ms
		[b]
		command = service b
		stop_command = absent-program
	END
    run_foster as_pid1
    happens '. starts' 2
    from=$(now_ms)
    send TERM
    wait "$job" || true
    within "$from" 3000
    happens 'b signal 15'
    happens 'b ends'
    grep -q absent-program "$err"
    wait_until is_gone "$init"
}

@test "a stop command delays TERM, and foster is unhealthy from the stop on (81)" {
    configure <<-'END'
		[a]
		command = service a notify READY=1
		ready = notify
		stop_command = sleep 0.7
	END
    run_foster as_pid1
    reaches a ready
    ctl health
    from=$(now_ms)
    send TERM
    reaches a stopping
    fails ctl health
    never 'a signal 15'
    ends 0
    [ $(($(now_ms) - from)) -ge 700 ]
    happens 'a signal 15'
}

@test "foster that is not PID 1 is killed: the command gets the signal of -p (82)" {
    printf '[helper]\ncommand = service helper\n' >conf
    OTHER_PID1=(sh -c '"$@"; until [ -e over ]; do sleep 0.05; done' sh)
    run_foster as_child -p KILL -- service main
    happens 'main starts'
    main=$(pgrep -P "$init" -f 'service main')
    kill -KILL "$init"
    wait_until is_gone "$main"
    : >over
    wait "$job" || true
}

@test "the whole stop stays within the 10 s of an engine (73, 74)" {
    for i in {1..3}; do printf '[s%d]\ncommand = service s%d ignore TERM\n' "$i" "$i"; done >conf
    printf 'depends_on = s2\n' >>conf
    sed -i '/service s2/a depends_on = s1' conf
    run_foster as_pid1
    happens 's. starts' 3
    from=$(now_ms)
    send TERM
    wait "$job" || true
    within "$from" 9900
    [ $(($(now_ms) - from)) -ge 8500 ]
    in_order 's3 signal 15' 's2 signal 15'
}

@test "the stop ends processes that a service has left in a session of their own (71, 72)" {
    configure <<-'END'
		[a]
		command = sh -c 'leave -s 200; exec service a'
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'a starts'
        send TERM
        ends 0
        wait_for_line "$out" 'cleaned up'
    done
}

@test "processes left in other sessions get TERM, and are killed after [foster] grace (39)" {
    configure <<-'END'
		[foster]
		grace = 300ms
		[a]
		command = sh -c 'leave -s 50; leave -i -s 0'
		type = oneshot
	END
    for way in "${SERVICE_WAYS[@]}"; do
        from=$(now_ms)
        exits_with 0 "$way"
        within "$from" 3000
        [[ $output == *"cleaned up"* ]]
    done
}

@test "INT and QUIT stop in order, too; an essential service's own code counts" {
    for signal in TERM INT QUIT; do
        configure <<-'END'
			[helper]
			command = service helper
			[web]
			command = service web code 5
			essential = yes
			depends_on = helper
		END
        run_foster as_pid1
        happens 'web starts'
        send "$signal"
        ends 5
        in_order 'web signal 15' 'web ends' 'helper signal 15' 'helper ends'
    done
    printf '[web]\ncommand = sleep 60\nessential = yes\n' >conf
    run_foster as_pid1
    child_named sleep
    send TERM
    ends 143
    silent
}

@test "other signals go to the command, or to the essential services (44)" {
    printf '[helper]\ncommand = service helper\n' >conf
    run_foster as_pid1 -- service main
    happens 'main starts'
    send HUP USR1 WINCH 37
    for number in 1 10 28 37; do happens "main signal $number"; done
    never 'helper signal .*'
    send TERM
    ends 0
    happens 'main ends'
    happens 'helper ends'

    printf '[helper]\ncommand = service helper\n' >conf
    printf '[%s]\ncommand = service %s\nessential = yes\n' one one two two >>conf
    run_foster as_pid1
    happens '.* starts' 3
    send HUP
    happens 'one signal 1'
    happens 'two signal 1'
    never 'helper signal 1'
    send TERM
    ends 0
}

@test "-e, -r, --stop-signal and --stop-timeout hold for the command beside services" {
    printf '[helper]\ncommand = service helper\n' >conf
    exits_with 0 as_pid1 -e 7 -- service main exit 7
    exits_with 8 as_pid1 -e 7 -- service main exit 8
    run_foster as_pid1 -r HUP:USR2 -r USR1:0 -- service main
    happens 'main starts'
    send USR1 HUP
    happens 'main signal 12'
    never 'main signal 10'
    send TERM
    ends 0
    run_foster as_pid1 --stop-signal QUIT --stop-timeout 300ms -- service main
    happens 'main starts'
    from=$(now_ms)
    send TERM
    ends 137
    within "$from" 3000
    happens 'main signal 3'
}

@test "a stopped service ends with TERM (45)" {
    configure <<-'END'
		[a]
		command = service a
	END
    run_foster as_pid1
    happens 'a starts'
    child=$(pgrep -P "$init" -f 'service a')
    kill -STOP "$child"
    wait_until is_in_state T "$child"
    send TERM
    ends 0
    happens 'a ends'
}

@test "a second TERM, and a hundred, change nothing" {
    configure <<-'END'
		[a]
		command = service a
		[b]
		command = service b linger 300
		depends_on = a
	END
    run_foster as_pid1
    happens 'b starts'
    for _ in {1..100}; do send TERM 2>/dev/null || true; done
    ends 0
    in_order 'b ends' 'a signal 15'
    [ "$(count 'b signal 15')" -eq 1 ]
}

@test "stop_as_group: the stop signal reaches all processes of the group (148)" {
    configure <<-'END'
		[npm]
		command = sh -c 'trap : TERM; service app & until wait; do :; done'
		stop_as_group = yes
		[worker]
		command = sh -c 'trap : USR1; service job until USR1 & until wait; do :; done'
		stop_signal = SIGUSR1
		stop_as_group = yes
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'app starts'
        happens 'job starts'
        ctl stop worker
        in_order 'job signal 10' 'job ends'
        send TERM
        ends 0
        in_order 'app signal 15' 'app ends'
        silent
    done
}

@test "option -g: the command's stop signal reaches its group, beside services too (148)" {
    printf '[a]\ncommand = service a\n' >conf
    run_foster as_pid1 -g -- sh -c 'trap : TERM; service app & until wait; do :; done'
    happens 'app starts'
    happens 'a starts'
    send TERM
    ends 0
    happens 'app signal 15'
    silent
}

@test "stop_as_group after MAINPID: the group only if that process leads one (148)" {
    configure <<-'END'
		[member]
		command = sh -c 'service other & service inner linger 200 &
		    service x notify "MAINPID=$!|READY=1" barrier 5000 exit 0; wait'
		ready = notify
		stop_as_group = yes
		[leader]
		command = sh -c 'setsid service outer fork group &
		    service x notify "MAINPID=$!|READY=1" barrier 5000 exit 0; wait'
		ready = notify
		stop_as_group = yes
	END
    run_foster as_pid1
    reaches member ready
    reaches leader ready
    happens 'other starts'
    happens 'outer forked'
    ctl stop member leader
    in_order 'inner signal 15' 'inner ends' 'other signal 15'
    [ "$(count 'outer signal 15')" -eq 2 ]
}

@test "a completed oneshot is undone by its stop_command, in the reverse order (157)" {
    configure <<-'END'
		[db]
		command = service db
		[mount]
		command = service mount exit 0
		type = oneshot
		depends_on = db
		stop_command = service umount sleep 100 exit 0
		[link]
		command = service link exit 0
		type = oneshot
		depends_on = mount
		stop_command = service unlink exit 0
		[fails]
		command = service fails exit 1
		type = oneshot
		stop_command = service never exit 0
		[web]
		command = service web wait go exit 7
		depends_on = link
		essential = yes
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'web starts'
        : >go
        ends 7
        in_order 'web ends' 'unlink starts' 'unlink ends' 'umount starts' 'umount ends' 'db signal'
        [ "$(count 'umount starts')" -eq 1 ]
        never 'never starts'
        rm go
    done
}

@test "a oneshot is undone as well when all services have ended by themselves (157)" {
    configure <<-'END'
		[mount]
		command = service mount exit 0
		type = oneshot
		stop_command = service umount tell MAINPID exit 0
		[job]
		command = service job exit 4
		type = oneshot
		depends_on = mount
	END
    exits_with 4 as_pid1
    in_order 'mount ends' 'job ends' 'umount starts' 'umount MAINPID=none' 'umount ends'
}

@test "foster ctl stop and restart undo a oneshot, and an undo has stop_grace_period (157)" {
    configure <<-'END'
		[mount]
		command = service mount exit 0
		type = oneshot
		stop_command = service umount exit 0
		[slow]
		command = service slow exit 0
		type = oneshot
		stop_command = service unslow ignore TERM
		stop_grace_period = 200ms
		[web]
		command = service web
		depends_on = mount slow
	END
    run_foster as_pid1
    happens 'web starts'
    ctl restart mount
    happens 'mount ends' 2
    in_order 'mount ends' 'umount starts' 'umount ends'
    reaches mount 'done'
    ctl stop mount
    is_now mount stopped
    [ "$(count 'umount ends')" -eq 2 ]
    send TERM
    ends 0
    told 'slow has not stopped within 0.2'
    [ "$(count 'umount starts')" -eq 2 ]
}
