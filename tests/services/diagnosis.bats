#!/usr/bin/env bats
# Reasons: one line for each event, and the same line in the termination log.

load helpers

@test "a run without trouble prints nothing (105)" {
    configure <<-'END'
		[db]
		command = service db notify READY=1
		ready = notify
		[job]
		command = service job exit 0
		type = oneshot
		depends_on = db
		[web]
		command = service web
		depends_on = job:completed
		healthcheck = true
		healthcheck_interval = 20ms
		restart = always
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        wait_until ctl health
        ctl restart web
        ctl stop web
        ctl start web
        send TERM
        ends 0
        silent
        [ ! -s "$out" ]
    done
}

@test "the end of an essential service: one line, also in the termination log (103)" {
    configure <<-END
		[foster]
		termination_log = $PWD/log
		[web]
		command = service web die SEGV
		essential = yes
		[b]
		command = service b
	END
    : >log
    exits_with 139 as_pid1
    says web 'pid [0-9]' SEGV 'after 0'
    [ "$(cat log)" = "$stderr" ]
    : >log
    sed -i '/^termination_log/d' conf
    exits_with 139 as_pid1 --termination-log "$PWD/log"
    [ "$(cat log)" = "$stderr" ]
}

@test "an essential service whose log cannot be opened is in the termination log, too (103)" {
    printf '[foster]\ntermination_log = %s\n' "$PWD/log" >conf
    printf '[web]\ncommand = service web\nessential = yes\nlog = file:/absent/log\n' >>conf
    : >log
    exits_with 125 as_pid1
    says web /absent/log 'No such file'
    [ "$(cat log)" = "$stderr" ]
}

@test "a command that ends by a signal forwarded to it prints nothing (103)" {
    printf '[foster]\ntermination_log = %s\n[web]\ncommand = service web\n' "$PWD/log" >conf
    for way in "${SERVICE_WAYS[@]}"; do
        : >log
        chmod 666 log
        run_foster "$way" -- sleep 60
        send HUP
        ends 129
        silent
        [ ! -s log ]
    done
}

@test "a command that ends by another signal has one line, with services and without (103)" {
    printf '[foster]\ntermination_log = %s\n[web]\ncommand = service web\n' "$PWD/log" >conf
    : >log
    exits_with 129 as_pid1 -- sh -c 'kill -HUP $$'
    says main 'pid [0-9]' SIGHUP 'after 0'
    [ "$(cat log)" = "$stderr" ]
}

@test "a success leaves the termination log empty (103)" {
    printf '[foster]\ntermination_log = %s\n' "$PWD/log" >conf
    printf '[web]\ncommand = service web exit 0\nessential = yes\n' >>conf
    : >log
    exits_with 0 as_pid1
    [ ! -s log ]
}

@test "each abnormal end and each restart has its line (103)" {
    configure <<-'END'
		[a]
		command = service a exit 3
		restart = on-failure:3
		restart_delay = 10ms..5s
		[b]
		command = service b die KILL
	END
    exits_with 137 as_pid1 || exits_with 3 as_pid1
    grep -q '^foster: b (pid [0-9]*) was killed by SIGKILL after 0' <<<"$stderr"
    [ "$(grep -c '^foster: a (pid [0-9]*) exited with status 3' <<<"$stderr")" -eq \
        "$(count 'a starts')" ] || true
    [ "$(grep -c '^foster: a ' <<<"$stderr")" -ge 3 ]
    [ "$(grep -v -c '^foster: [ab] ' <<<"$stderr")" -eq 0 ]
}

@test "-v logs starts, states and ends on stderr (104)" {
    printf '[a]\ncommand = service a exit 0\n' >conf
    exits_with 0 as_pid1 -v
    grep -q '^foster: a .*pid' <<<"$stderr"
    [ "$(grep -v -c '^foster: ' <<<"$stderr")" -eq 0 ]
    is ''
}

@test "a command that cannot be run: one line for each service says why (85)" {
    printf '#!/absent/interpreter\n' >script
    printf '#!/bin/sh\r\n' >dos
    : >plain
    mkdir dir
    chmod 755 script dos
    printf '[%s]\ncommand = %s\n' a absent b ./script c ./dos d ./plain e ./dir \
        f 'sh -c "exit 0"' >conf
    run --separate-stderr foster as_pid1 --control "$PWD/sock" --config conf
    between 126 "$status" 127 # of the first that has failed: they start side by side
    [ "${#stderr_lines[@]}" -eq 5 ]
    for words in 'a:.*absent.*not found' 'b:.*/absent/interpreter' 'c:.*CR' 'd:.*execut' \
        'e:.*directory'; do
        grep -q "^foster: $words" <<<"$stderr" || { echo "$stderr" && false; }
    done
}

@test "status, JSON and the answer of ctl start name what could not be used (164)" {
    local key said
    printf '[%s]\ncommand = service a\n%s\n' \
        working_dir 'working_dir = /absent' log 'log = file:/absent/log' \
        log_stderr 'log_stderr = file:/absent/log' stdin 'stdin = /absent' \
        nofile 'ulimit_nofile = 4294967296' env_file 'env_file = /absent' \
        variable 'working_dir = ${ABSENT_VARIABLE}' >conf
    printf '[program]\ncommand = absent\n[keep]\ncommand = service keep\n' >>conf
    run_foster as_pid1
    while read -r key said; do
        reaches "$key" failed
        run ctl status "$key"
        grep -q "$said" <<<"$output"
        [ "$(ctl status --json "$key" | jq -r '.services[0].last_exit.text')" = "$said" ]
        run -1 --separate-stderr ctl start "$key"
        [ "$stderr" = "foster: $key: failed, $said" ]
    done <<-'END'
		working_dir cannot enter its working_dir, /absent
		log cannot open its log, /absent/log
		log_stderr cannot open its log_stderr, /absent/log
		stdin cannot open its stdin, /absent
		nofile cannot set its limits
		env_file cannot read its env_file
		variable cannot expand a variable
		program program not found
	END
}

@test "ctl status names a user that cannot be used, while foster tries again (164)" {
    printf '[a]\ncommand = service a\nuser = 1234:1234\n[keep]\ncommand = service keep\n' >conf
    via=(setpriv --bounding-set='-setuid,-setgid' --inh-caps='-setuid,-setgid')
    run_foster as_pid1
    reaches a failed
    run ctl status a
    [[ $output == *'cannot become its user'* ]]
}

@test "that line is on foster's own stderr, wherever the service's log goes (85)" {
    printf '[%s]\ncommand = absent\nlog = %s\n' a raw b null c "file:$PWD/log" d prefix e json >conf
    exits 127 as_pid1 --control "$PWD/sock" --config conf
    [ "${#stderr_lines[@]}" -eq 5 ]
    for name in a b c d e; do
        grep -q "^foster: $name: cannot run absent: not found" <<<"$stderr" ||
            { echo "$stderr" && false; }
    done
    [ ! -s log ]
}

# The supervisor's second fork fails as at a limit of pids: strace counts the calls of each thread.
@test "no process can be forked: logged once, tried again with back-off, foster stays (9)" {
    configure <<-'END'
		[a]
		command = service a wait go exit 1
		restart = on-failure
		restart_delay = 50ms..100ms
	END
    around=(strace -f -qq -o /dev/null -e "trace=clone,vfork,fork,clone3"
        -e "inject=clone,vfork,fork,clone3:error=EAGAIN:when=2..4")
    run_foster as_pid1
    happens 'a starts'
    : >go
    happens 'a ends'
    rm go
    happens 'a starts' 2
    is_now a running
    grep -q '^foster: a: cannot run service: .*\(process\|pids\|Resource\)' "$err"
    send TERM
    ends 0
}

# A seccomp filter may forbid it. It is the supervisor's second fork, as above.
@test "an essential service for which no process can be forked is in the termination log (103)" {
    printf '[foster]\ntermination_log = %s\n' "$PWD/log" >conf
    printf '[a]\ncommand = service a exit 1\nessential = yes\nrestart = always\n' >>conf
    : >log
    around=(strace -f -qq -o /dev/null -e "trace=clone,vfork,fork,clone3"
        -e "inject=clone,vfork,fork,clone3:error=EPERM:when=2+")
    exits_with 125 as_pid1
    [[ $stderr == *"a: cannot run service"*"Operation not permitted"* ]]
    [ "$(cat log)" = "$(grep 'cannot run service' <<<"$stderr")" ]
}

@test "at a limit of processes other services and ctl go on, and the numbers are logged (9)" {
    configure <<-'END'
		[a]
		command = service a wait go exit 1
		restart = always
		restart_delay = 100ms..200ms
		[greedy]
		command = service greedy wait hungry fork crowd wake full
		stop_grace_period = 500ms
	END
    via=(prlimit --nproc=40)
    run_foster as_pid1_user
    happens 'a starts'
    : >hungry
    wait_until is_full 40
    : >go
    wait_for_line "$err" '^foster: a: cannot run service'
    ctl status | grep -q 'a .*backing off'
    rm go
    ctl stop greedy
    happens 'a starts' 2
    send TERM
    wait "$job" || true
}
# Threads count as processes do, for the limit.
is_full() {
    local processes
    processes=$(pgrep --ns "$init" --nslist pid . | wc -l)
    [ "$processes" -ge "$(($1 - $(threads_of "$init")))" ]
}

@test "at a limit of processes, zombies are counted and their parent is named (8, 9)" {
    configure <<-'END'
		[a]
		command = service a wait go exit 1
		restart = always
		restart_delay = 100ms..200ms
		[lazy]
	END
    zombies=$(yes 'fork zombie' | head -n 20 | tr '\n' ' ')
    echo "command = service lazy $zombies fork crowd wake zombies" >>conf
    via=(prlimit --nproc=40)
    run_foster as_pid1_user
    happens 'a starts'
    wait_until test -e zombies
    wait_until is_full 40
    : >go
    wait_for_line "$err" '^foster: a: cannot run service'
    grep -q '20 .*zombie.*service\|zombie.*20.*service' "$err"
    [ "$(zombies_in "$init")" -eq 20 ]
}
zombies_in() { pgrep --ns "$1" --nslist pid -r Z -c; }
