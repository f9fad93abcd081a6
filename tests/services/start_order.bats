#!/usr/bin/env bats
# The order of starts, what a final failure does to other services, and foster's exit code.

load helpers

@test "services without dependencies start at once, side by side" {
    configure <<-'END'
		[a]
		command = service a wake a.up wait b.up exit 0
		[b]
		command = service b wake b.up wait a.up exit 0
	END
    for way in "${SERVICE_WAYS[@]}"; do
        exits_with 0 "$way"
        says_nothing
        rm a.up b.up
    done
}

@test "depends_on = x:started waits for the start, x alone for readiness (88)" {
    configure <<-'END'
		[a]
		command = service a wait go notify READY=1
		ready = notify
		[early]
		command = service early
		depends_on = a:started
		[late]
		command = service late
		depends_on = a
	END
    run_foster as_pid1
    happens 'early starts'
    is_now a starting
    is_now late waiting
    never 'late starts'
    : >go
    happens 'late starts'
    in_order 'a starts' 'early starts' 'late starts'
    is_now a ready
    is_now early running
}

@test "depends_on = x:ended waits for the end of x, and any end will do (153)" {
    configure <<-'END'
		[after]
		command = service after exit 0
		depends_on = well:ended ill:ended killed:ended absent:ended below:ended
		[well]
		command = service well wait go exit 0
		type = oneshot
		[ill]
		command = service ill exit 3
		restart = on-failure:1
		restart_delay = 10ms
		[killed]
		command = service killed die KILL
		[absent]
		command = absent-program
		[below]
		command = service below
		depends_on = absent
	END
    run_foster as_pid1
    reaches ill failed
    reaches killed failed
    is_now after waiting
    never 'after starts'
    : >go
    happens 'after ends'
    in_order 'well ends' 'after starts'
    [ "$(count 'ill starts')" -eq 2 ]
}

@test "x:ended is no end while x is stopped and has not run; a stop by hand is one (153)" {
    configure <<-'END'
		[after]
		command = service after
		depends_on = job:ended
		[job]
		command = service job
		type = oneshot
		[other]
		command = service other
		depends_on = later:ended
		autostart = no
		[later]
		command = service later
		autostart = no
	END
    run_foster as_pid1
    happens 'job starts'
    never 'after starts'
    ctl stop job
    happens 'after starts'
    ctl start --timeout 200ms other || true
    happens 'later starts'
    is_now other waiting
}

@test "service_healthy waits for the first success of the health check (153)" {
    configure <<-'END'
		[web]
		command = service web
		depends_on = db:service_healthy cache:service_healthy
		[early]
		command = service early
		depends_on = db:ready
		[db]
		command = service db
		healthcheck = sh -c 'echo >>probes; test -e well'
		healthcheck_interval = 20ms
		[cache]
		command = service cache notify READY=1
		ready = notify
	END
    run_foster as_pid1
    happens 'early starts'
    reaches cache ready
    wait_until test -e probes
    is_now web waiting
    : >well
    happens 'web starts'
    is_now db running
}

@test "the words of Compose are understood (153)" {
    configure <<-'END'
		[web]
		command = service web
		depends_on = db:service_started migrate:service_completed_successfully
		[migrate]
		command = service migrate wait go exit 0
		type = oneshot
		[db]
		command = service db
		ready = notify
		restart = unless-stopped
		restart_delay = 0.02s..1m0.5s
	END
    run_foster as_pid1
    happens 'migrate starts'
    reaches db starting
    is_now web waiting
    : >go
    happens 'web starts'
    ctl signal KILL db
    happens 'db starts' 2
    ctl stop db
    ctl stop web
    is_now db stopped
}

@test "all dependents of a oneshot start after its end, each once (89)" {
    configure <<-'END'
		[migrate]
		command = service migrate sleep 100 exit 0
		type = oneshot
		[c]
		command = service c exit 0
		depends_on = migrate:completed
		[d]
		command = service d exit 0
		depends_on = migrate
		[e]
		command = service e exit 0
		depends_on = c:completed d:completed
	END
    for way in "${SERVICE_WAYS[@]}"; do
        exits_with 0 "$way"
        says_nothing
        in_order 'migrate ends' 'c starts' 'e starts'
        in_order 'migrate ends' 'd starts' 'e starts'
        [ "$(count '. starts')" -eq 3 ]
    done
}

@test "dependents of a oneshot that fails never start, and its exit code is foster's (89, 91)" {
    configure <<-'END'
		[migrate]
		command = service migrate exit 7
		type = oneshot
		[c]
		command = service c
		depends_on = migrate:completed
		[d]
		command = service d
		depends_on = c
	END
    exits_with 7 as_pid1
    never 'c starts'
    never 'd starts'
    [[ $stderr == *"migrate"*"7"*"c "*"d "* ]] || { echo "$stderr" && false; }
}

@test "a service that has started stays up when its dependency ends (91)" {
    configure <<-'END'
		[db]
		command = service db wait go exit 3
		[web]
		command = service web
		depends_on = db
	END
    run_foster as_pid1
    happens 'web starts'
    : >go
    reaches db failed
    is_now web running
    never 'web signal'
}

@test "a dependency that restarts delays a start and does not undo it (91)" {
    configure <<-'END'
		[db]
		command = sh -c 'if [ -e second ]; then exec service db notify READY=1; fi;
		    : >second; exec service db exit 1'
		ready = notify
		restart = always
		[web]
		command = service web
		depends_on = db
	END
    run_foster as_pid1
    happens 'web starts'
    in_order 'db ends' 'web starts'
    kill -KILL "$(pgrep -P "$init" -f 'service db')"
    happens 'db starts' 3
    reaches db ready
    [ "$(count 'web starts')" -eq 1 ]
}

@test "an essential service that fails stops the others in reverse order, with its code (16)" {
    configure <<-'END'
		[db]
		command = service db notify READY=1
		ready = notify
		[cache]
		command = service cache notify READY=1
		ready = notify
		depends_on = db
		[web]
		command = service web wait go exit 7
		essential = yes
		depends_on = cache
	END
    for way in "${SERVICE_WAYS[@]}"; do
        run_foster "$way"
        happens 'web starts'
        : >go
        ends 7
        in_order 'web ends' 'cache signal 15' 'cache ends' 'db signal 15' 'db ends'
        [ "$(grep -c '^foster: .*web.*exit.*7' "$err")" -eq 1 ]
        [ "$(grep -c . "$err")" -eq 1 ]
        rm go
    done
}

@test "an essential service killed by a signal gives 128 + its number (16)" {
    printf '[a]\ncommand = service a die SEGV\nessential = yes\n[b]\ncommand = service b\n' >conf
    exits_with 139 as_pid1
    says a SEGV
    printf '[a]\ncommand = absent-program\nessential = yes\n[b]\ncommand = service b\n' >conf
    exits_with 127 as_pid1
    says absent-program 'not found'
    printf '[a]\ncommand = /\nessential = yes\n[b]\ncommand = service b\n' >conf
    exits_with 126 as_pid1
    says directory
}

@test "an optional service that fails leaves the container up, and is in status and log (17)" {
    configure <<-'END'
		[web]
		command = service web
		essential = yes
		[extra]
		command = service extra exit 9
		restart = on-failure:1
		restart_delay = 10ms..5s
	END
    run_foster as_pid1
    reaches extra failed
    ctl status | grep 'extra.*failed.*9'
    grep -q 'foster: .*extra.*9' "$err"
    is_now web running
    fails ctl health
    send TERM
    ends 0
}

@test "when all essential services succeeded the code is 0, though helpers were killed (18)" {
    configure <<-'END'
		[job]
		command = service job wait helper.up exit 0
		type = oneshot
		essential = yes
		[helper]
		command = service helper ignore TERM wake helper.up
		stop_grace_period = 200ms
	END
    for way in "${SERVICE_WAYS[@]}"; do
        exits_with 0 "$way"
        happens 'helper signal 15'
        [[ $stderr == *"helper"*"kill"* ]]
        rm helper.up
    done
    exits_with 0 as_pid1 -- sh -c 'until [ -e helper.up ]; do sleep 0.01; done'
}

@test "without an essential service foster ends after the last, with the first failed code (16)" {
    printf '[%s]\ncommand = service %s exit %d\n' a a 0 b b 0 >conf
    exits_with 0 as_pid1
    says_nothing
    printf '[%s]\ncommand = service %s sleep %d exit %d\n' a a 200 5 b b 0 6 c c 300 0 >conf
    exits_with 6 as_pid1
}

@test "autostart = no: the service waits to be started" {
    configure <<-'END'
		[web]
		command = service web
		[debug]
		command = service debug
		autostart = no
	END
    run_foster as_pid1
    happens 'web starts'
    is_now debug stopped
    # since foster started, not the machine
    [ "$(ctl status --json debug | jq '.services[0].since_seconds')" -lt 60 ]
    never 'debug starts'
    ctl start debug
    happens 'debug starts'
    is_now debug running
}

@test "autostart = no: a dependency is started with the service that needs it" {
    configure <<-'END'
		[tool]
		command = service tool
		autostart = no
		[db]
		command = service db newline 3
		ready = fd:3
		autostart = no
		[cache]
		command = service cache newline 3
		ready = fd:3
		depends_on = db
		autostart = no
		[web]
		command = service web
		depends_on = cache
	END
    run_foster as_pid1
    happens 'web starts'
    in_order 'db starts' 'cache starts' 'web starts'
    is_now tool stopped
    never 'tool starts'
}

@test "ctl start starts a dependency first if it is stopped or has failed" {
    configure <<-'END'
		[db]
		command = ./db
		ready = fd:3
		[migrate]
		command = service migrate exit 0
		type = oneshot
		depends_on = db
		[cache]
		command = service cache newline 3
		ready = fd:3
		depends_on = migrate
		[web]
		command = service web
		depends_on = cache
		[other]
		command = service other
		autostart = no
		[stays]
		command = service stays
	END
    run_foster as_pid1
    reaches db failed
    reaches web failed
    printf '#!/bin/sh\nexec service db newline 3\n' >db
    chmod 755 db
    ctl start web
    in_order 'db starts' 'migrate starts' 'cache starts' 'web starts'
    ctl stop web cache db
    ctl restart web
    happens 'cache starts' 2
    happens 'web starts' 2
    is_now db stopped # migrate has completed, and nobody else needs it
    [ "$(count 'migrate starts')" -eq 1 ]
    never 'other starts'
}

@test "a service stopped by hand is not started by the restart of its dependent (78)" {
    configure <<-'END'
		[db]
		command = service db
		[web]
		command = service web wait go exit 1
		depends_on = db
		restart = always
		restart_delay = 10ms..10ms
	END
    run_foster as_pid1
    happens 'web starts'
    ctl stop db
    : >go
    happens 'web ends'
    reaches web waiting
    is_now db stopped
    ctl start db
    happens 'web starts' 2
}
