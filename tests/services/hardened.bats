#!/usr/bin/env bats
# All is optional at run time: no /proc, no /dev, no writable path, no capabilities, any uid.

# bats file_tags=shipped

load helpers

# in_a_bare_root: runs foster there as PID 1 with the configuration. The journal is stdout.
in_a_bare_root() {
    empty_root --as-pid-1
    cp conf "$root/conf"
    unset JOURNAL
    start in_empty_root --config /conf 3>&-
}
in_a_bare_root_to_its_end() {
    local code=$1
    shift
    empty_root --as-pid-1
    cp conf "$root/conf"
    unset JOURNAL
    exits "$code" in_empty_root --config /conf "$@"
}
journal_is_stdout() { ln -sf "$out" journal; }

@test "on an empty read-only root: order, readiness, restart and stop work (58)" {
    configure <<-'END'
		[db]
		command = service db notify READY=1
		ready = notify
		[job]
		command = service job exit 0
		type = oneshot
		depends_on = db:ready
		[web]
		command = service web
		depends_on = job:completed
		essential = yes
		[crash]
		command = service crash exit 1
		restart = on-failure
		restart_delay = 10ms..20ms
	END
    in_a_bare_root
    journal_is_stdout
    happens 'web starts'
    happens 'crash starts' 3
    send TERM
    ends 0
    in_order 'db starts' 'job starts' 'job ends' 'web starts' 'web ends' 'db signal 15' 'db ends'
}

@test "on an empty read-only root: health checks, a stop command and prefixed logs work (58)" {
    configure <<-'END'
		[web]
		command = service web die KILL
		essential = yes
		restart = on-failure:2
		restart_delay = 10ms..5s
		healthcheck = exit 0
		healthcheck_interval = 10ms
		stop_command = exit 0
		log = prefix
	END
    in_a_bare_root_to_its_end 137
    between 2 "$(grep -c 'web starts' <<<"$output")" 3
    grep -q '^foster: web .*killed by SIGKILL' <<<"$stderr"
}

@test "on an empty read-only root: processes left in the group end before the next run (58)" {
    configure <<-'END'
		[a]
		command = service a fork group exit 1
		restart = on-failure:1
		restart_delay = 10ms..5s
		stop_grace_period = 300ms
	END
    in_a_bare_root_to_its_end 1
    cat <<<"$output" >journal
    [ "$(count 'a starts')" -eq 2 ]
    in_order 'a starts' 'a forked' 'a ends' 'a signal 15'
    [ "$(grep -n 'a starts' journal | sed -n '2s/:.*//p')" -gt \
        "$(grep -n -m 1 'a signal 15' journal | cut -d: -f1)" ]
}

@test "on an empty read-only root: a control socket in the abstract namespace, and none (58)" {
    configure <<-'END'
		[foster]
		control = @foster-test
		[a]
		command = service a
	END
    in_a_bare_root
    journal_is_stdout
    happens 'a starts'
    wait_until answers_abstract
    send TERM
    ends 0
    silent
}
answers_abstract() {
    nsenter -t "$init" -n -U --preserve-credentials \
        timeout 5 "$FOSTER" ctl --control @foster-test status 3>&- |
        grep -q '^a .*running'
}

@test "on an empty read-only root: the command of the command line has its helpers (58)" {
    printf '[helper]\ncommand = service helper\n' >conf
    in_a_bare_root_to_its_end 7 -- service main sleep 100 exit 7
    grep -q '^helper ends' <<<"$output"
}

@test "all works without pidfd_open, pidfd_send_signal, clone3, close_range and so on (60, 61)" {
    refusing ENOSYS pidfd_open pidfd_send_signal clone3 close_range epoll_pwait2
    configure <<-'END'
		[a]
		command = sh -c 'leave -s 10; exec service a exit 1'
		restart = on-failure:2
		restart_delay = 10ms..5s
		[b]
		command = service b notify READY=1 exit 0
		ready = notify
	END
    exits_with 1 as_pid1
    between 2 "$(count 'a starts')" 3
    in_order 'b starts' 'b ends'
}
