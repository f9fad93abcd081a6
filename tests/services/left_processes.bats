#!/usr/bin/env bats
# Processes that a run leaves end before the next run, in whatever session they are; other processes
# are left alone.

load helpers

@test "a process left in its own session that holds the port ends before the next start (92)" {
    own_network
    configure <<-'END'
		[web]
		command = service web listen tcp:8080 fork session sleep 100 die KILL
		restart = always
		restart_delay = 10ms..10ms
	END
    for way in as_pid1 as_child; do
        run_foster "$way"
        happens 'web starts' 3
        send TERM
        wait "$job" || true
        fails grep 'service: tcp' "$err"
    done
}

@test "a process left by a run has time to clean up, and is killed after it (92)" {
    configure <<-'END'
		[a]
		command = sh -c 'leave -s 200; exec service a wait go exit 1'
		restart = always
		restart_delay = 10ms..10ms
		[b]
		command = sh -c 'leave -i -s 0; exec service b wait go exit 1'
		restart = always
		restart_delay = 10ms..10ms
		stop_grace_period = 300ms
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens '. starts' 2
        left=$(sed -n 's/^left //p' "$out")
        [ "$(wc -w <<<"$left")" -eq 2 ]
        : >go
        happens 'a starts' 2
        wait_for_line "$out" 'cleaned up'
        happens 'b starts' 2
        between 290 "$(awk '/^b ends/ && !end { end = $NF } /^b starts/ { start = $NF }
            END { print start - end }' journal)" 2500
        rm go
        send TERM
        wait "$job" || true
    done
}

@test "a tree of orphans that a run left is found, also a shell's children (92)" {
    configure <<-'END'
		[a]
		command = sh -c '(setsid sh -c "sleep 97 & sleep 97 & wait" &
		    setsid setsid sleep 97 &) ; exec service a wait go exit 1'
		restart = on-failure
		restart_delay = 10ms..10ms
		stop_grace_period = 500ms
		[bystander]
		command = sh -c 'setsid sleep 98 & exec service bystander'
	END
    run_foster as_pid1
    happens '.* starts' 2
    wait_until sleeps 97 3
    wait_until sleeps 98 1
    first=$(pgrep --ns "$init" --nslist pid -f 'sleep 97')
    : >go
    happens 'a starts' 2
    rm go
    for process in $first; do is_gone "$process"; done
    sleeps 98 1
}
sleeps() { [ "$(pgrep --ns "$init" --nslist pid -c -x -f "sleep $1")" -eq "$2" ]; }

@test "processes of other services, and those that came by docker exec, are left alone (92)" {
    configure <<-'END'
		[a]
		command = sh -c 'setsid sleep 97 & exec service a'
		[b]
		command = service b exit 1
		restart = on-failure
		restart_delay = 20ms..20ms
	END
    run_foster as_pid1
    nsenter -t "$init" -p -m setsid sleep 96 3>&- &
    wait_until sleeps 96 1
    wait_until sleeps 97 1
    happens 'b starts' 10
    sleeps 96 1
    sleeps 97 1
    ctl restart a
    happens 'a starts' 2
    wait_until sleeps 97 1
    sleeps 96 1
}

@test "ctl stop ends the processes that a service has left as well (92)" {
    printf '%s\n' '[a]' "command = sh -c 'leave -s 0; exec service a'" '[b]' \
        'command = service b' >conf
    for way in as_pid1 as_child; do
        run_foster "$way"
        happens 'a starts'
        ctl stop a
        wait_for_line "$out" 'cleaned up'
        is_now a stopped
        is_now b running
        send TERM
        wait "$job" || true
    done
}

@test "ctl stop ends what the last run left, also while backing off or failed (92)" {
    configure <<-'END'
		[a]
		command = sh -c 'leave -s 0; exit 1'
		restart = always
		restart_delay = 1h..1h
		[b]
		command = sh -c 'leave -i -s 0; exit 1'
		restart = always
		restart_delay = 1h..1h
		stop_grace_period = 200ms
		[c]
		command = sh -c 'leave -s 0; exit 1'
		[d]
		command = sh -c 'leave -s 0; exit 0'
		[e]
		command = false
	END
    for way in as_pid1 as_child; do
        run_foster "$way"
        wait_for_line "$out" '^left' 4
        reaches a 'backing off'
        reaches b 'backing off'
        reaches c failed
        reaches d 'done'
        ctl stop a b c d e
        wait_for_line "$out" 'cleaned up' 3
        for name in a b c d; do
            is_now "$name" stopped
        done
        is_now e failed # it had left nothing
        fails pgrep -P "$init" -x leave
        ctl start a
        wait_for_line "$out" '^left' 5
        send TERM
        wait "$job" || true
    done
}

@test "a limit on file locks that forbids the mark is told once, with what does not hold (165)" {
    configure <<-'END'
		[a]
		command = sh -c 'leave -s 200; exec service a'
		[b]
		command = service b
	END
    run_foster as_pid1
    happens 'a starts'
    silent
    stop_foster
    via=(prlimit --locks=100:100)
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'a starts'
        ctl restart a b
        happens 'a starts' 2
        told 'limit of file locks.* is not ended with it' 1
        [ "$(wc -l <"$err")" -eq 1 ]
        stop_foster
    done
}
stop_foster() {
    send TERM
    wait "$job" || true
}

@test "a program that goes into the background is named once, with what helps (142)" {
    configure <<-'END'
		[d]
		command = sh -c 'setsid service daemon & exec service x wait up exit 0'
		restart = always
		restart_delay = 10ms
		[ready]
		command = sh -c 'service inner & exec service x wait up exit 0'
		ready = tcp:127.0.0.1:1
		[stays]
		command = service stays wake up
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'daemon starts' 3
        reaches ready failed
        send TERM
        ends 0
        told 'foster: d seems .*background.*foreground.*MAINPID'
        told 'foster: ready seems .*background.*foreground.*MAINPID'
        rm up
    done
}

@test "no program that ends, fails, is stopped or is a oneshot went into the background (142)" {
    configure <<-'END'
		[ends]
		command = service ends exit 0
		[fails]
		command = sh -c 'setsid service left1 & exec service x wait up exit 1'
		[once]
		command = sh -c 'setsid service left2 & exec service x wait up exit 0'
		type = oneshot
		[stopped]
		command = sh -c 'setsid service left3 & trap "exit 0" TERM; until wait; do :; done'
		[stays]
		command = service stays wake up
	END
    run_foster as_pid1
    happens 'left3 starts'
    reaches fails failed
    reaches once 'done'
    reaches ends 'done'
    ctl stop stopped
    told background 0
    send TERM
    ends 0
    told background 0
}
