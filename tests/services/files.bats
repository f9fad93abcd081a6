#!/usr/bin/env bats
# Several files, defaults for all services, and sections that are none, one or many services.

load helpers

# in_etc: runs foster with the directory etc as its /etc.
in_etc() { via=(sh -c 'mount --bind etc /etc && exec "$@"' sh); }

@test "/etc/foster.conf and then /etc/foster.d/*.conf are read; either may be missing (149)" {
    mkdir -p etc/foster.d
    prepare_folder
    in_etc
    printf '[one]\ncommand = service one exit 0\n' >etc/foster.conf
    exits 0 as_pid1 --control "$PWD/sock"
    printf '[two]\ncommand = service two exit 0\n' >etc/foster.d/20.conf
    printf '[three]\ncommand = service three exit 0\ndepends_on = two:completed\n' \
        >etc/foster.d/30.conf
    printf 'rubbish' >etc/foster.d/README
    exits 0 as_pid1 --control "$PWD/sock"
    [ "$(count 'one ends')" -eq 2 ]
    in_order 'two ends' 'three starts'
    rm etc/foster.conf
    exits 0 as_pid1 --control "$PWD/sock"
    [ "$(count 'one ends')" -eq 2 ]
    [ "$(count 'three ends')" -eq 2 ]
    rm etc/foster.d/*.conf
    exits 2 as_pid1
    [[ $stderr == *"/etc/foster.conf"* ]]
}

@test "a later file changes keys of a service, clears them, and switches it off (149)" {
    mkdir conf.d
    cat >conf.d/10.conf <<-'END'
		[web]
		command = sh -c 'echo "$A $B $C" >said'
		environment = A=one
		environment = B=two
		environment = C=three
		type = oneshot
		depends_on = cron
		[cron]
		command = service cron
		[quiet]
		command = sh -c 'echo $D >quiet'
		environment = D=four
	END
    cat >conf.d/20.conf <<-'END'
		[web]
		environment = B=other
		depends_on =
		[cron]
		enabled = no
		[quiet]
		environment =
	END
    prepare_folder
    exits 0 as_pid1 --control none --config conf.d
    says_nothing
    [ "$(cat said)" = 'one other three' ]
    [ -z "$(cat quiet)" ]
    never '.*'
    printf '[cron]\nenabled = yes\nrestart = allways\n' >more.conf
    exits 2 as_child --check --config conf.d --config more.conf
    [[ $stderr == "foster: more.conf:3: "*"'allways'"* ]]
}

@test "--check shows from which files a service is, and which are not there (149, 151)" {
    printf '[web]\ncommand = true\n[cron]\ncommand = true\n' >one.conf
    printf '[web]\nessential = yes\n[cron]\nenabled = no\n' >two.conf
    exits 0 as_child --check --config one.conf --config two.conf
    grep -x 'web (essential), from one.conf and two.conf' <<<"$output"
    grep '^cron is not enabled' <<<"$output"
    [[ ${lines[-1]} == '1 service, no faults' ]]
    exits 0 as_child --check --config one.conf
    grep -x web <<<"$output"
}

@test "two commands for one service, or one section twice in a file, are faults (149)" {
    printf '[web]\ncommand = true\n' >one.conf
    printf '[web]\ncommand = true\n' >two.conf
    exits 2 as_child --check --config one.conf --config two.conf
    [[ $stderr == "foster: two.conf:2: 'command' of [web] is there already, in one.conf:2" ]]
    printf '[web]\nuser = 1\n[web]\nuser = 2\n' >two.conf
    exits 2 as_child --check --config one.conf --config two.conf
    [[ $stderr == "foster: two.conf:3: [web] is there already, in two.conf:1" ]]
    printf '[web]\nuser = 1\nuser = 2\n[new]\nuser = 3\n' >two.conf
    exits 2 as_child --check --config one.conf --config two.conf
    [[ ${stderr_lines[0]} == "foster: two.conf:3: 'user' is there already, in line 2" ]]
    [[ ${stderr_lines[1]} == "foster: two.conf:4: the section needs a command" ]]
}

@test "keys in [foster] are defaults for all services, and a service's own wins (150)" {
    configure <<-'END'
		[a]
		command = sh -c 'echo "a $A $B $(umask)"'
		[foster]
		environment = A=one
		environment = B=two
		umask = 27
		log = prefix
		[b]
		command = sh -c 'echo "b $A $B $(umask)"'
		environment = B=own
		[c]
		command = sh -c 'echo "c $A $B $(umask)"'
		environment =
		umask = 77
		log = raw
	END
    exits_with 0 as_pid1
    grep -q 'a.*a one two 0027$' <<<"$output"
    grep -q 'b.*b one own 0027$' <<<"$output"
    grep -qx 'c   0077' <<<"$output"
    says_nothing
}

# The second service has more of a key of [foster], so that its defaults are read a second time.
@test "each key of a service can be a default, also with variables (150)" {
    export CODES='3, 143' WHERE=err
    configure <<-'END'
		[foster]
		success_exit_codes = ${CODES}
		log_stderr = file:${WHERE}.$${x}
		environment = A=one
		every = ${EVERY:-1h}
		[a]
		command = sh -c 'echo a >&2; kill $$'
		depends_on = first:ended
		[b]
		command = sh -c 'echo "b $A $B" >&2; kill $$'
		environment = B=two
		success_exit_codes =
		[c]
		command = sh -c 'echo "c $A $B" >&2; kill $$'
		environment = B=two
		depends_on = a:completed
		[d]
		command = sh -c 'exit 3'
		umask = 77
		environment = B=two
		depends_on = c:completed
		[first]
		command = true
		type = oneshot
	END
    exits_with 143 as_pid1
    [ "$(sort 'err.${x}')" = $'a\nb one two\nc one two' ]
    [[ ${stderr_lines[0]} == *'b (pid '*' was killed by SIGTERM '* ]]
    [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a default is none for what it does not fit, and a faulty one is said once (150)" {
    configure <<-'END'
		[foster]
		restart = always
		restart_delay = 1s..2s
		ready = notify
		healthcheck_interval = 1s
		depends_on = init
		[base]
		command = service base exit 0
		type = oneshot
		[init]
		command = service init exit 0
		type = oneshot
		depends_on = base
		[work]
		command = service work exit 0
		type = oneshot
		[alone]
		command = service alone exit 0
		restart = no
		ready = none
		depends_on =
	END
    exits_with 0 as_pid1
    says_nothing
    in_order 'base ends' 'init starts' 'init ends' 'work starts'
    happens 'alone ends'
    printf '[foster]\nrestart = allways\n[a]\ncommand = true\n[b]\ncommand = true\n' >conf
    exits 2 as_child --check --config conf
    [[ $stderr == "foster: conf:2: "*"'allways'"* ]]
    printf '[foster]\ncommand = true\n[a]\ncommand = true\n' >conf
    exits 2 as_child --check --config conf
    [[ $stderr == "foster: conf:2: 'command' belongs in the section of a service" ]]
}

@test "the command of the command line has the log of [foster], and no other default (150)" {
    configure <<-'END'
		[foster]
		log = prefix
		user = 65534
		environment = A=one
		depends_on = helper
		[helper]
		command = sleep 60
		user = 0
	END
    exits_with 0 as_pid1 -- sh -c 'echo "hello $A$(id -u)"'
    grep -q 'main.*hello 0$' <<<"$output"
}

@test "a service that is not enabled is not there, and holds nobody back (151)" {
    configure <<-'END'
		[cron]
		command = service cron
		enabled = ${ENABLE_CRON:-no}
		[web]
		command = service web exit 0
		depends_on = cron:started
	END
    for off in '' no 0 off false; do
        export ENABLE_CRON=$off
        exits_with 0 as_pid1
        says_nothing
        happens 'web ends'
        never cron
    done
    for on in yes 1 on true; do
        export ENABLE_CRON=$on
        run_foster as_pid1
        reaches cron running
        ctl shutdown
        ends 0
    done
    export ENABLE_CRON=perhaps
    exits 2 as_child --check --config conf
    [[ $stderr == "foster: conf:3: enabled needs yes or no, not 'perhaps'" ]]
    unset ENABLE_CRON
    sed -i 's/:-no/:?set it to yes or no/' conf
    exits 2 as_child --check --config conf
    [[ $stderr == *"conf:3: enabled needs \${ENABLE_CRON}: set it to yes or no" ]]
    printf '[a]\ncommand = true\nenabled =\n' >conf
    exits 2 as_child --check --config conf
    [[ $stderr == "foster: conf: no service is enabled" ]]
}

@test "what shapes the file takes variables of foster and of the lines above (151, 152)" {
    configure <<-'END'
		[foster]
		environment = COUNT=2
		control = ${SOCKET}
		[first]
		command = service first exit 0
		type = ${TYPE:-oneshot}
		[worker]
		command = service worker exit 0
		replicas = ${COUNT}
		depends_on = ${AFTER:-first} ${MORE:-}
	END
    export SOCKET=none
    exits 0 as_child --check --config conf
    [[ $output == *'first (oneshot)'*'worker.1, once first has completed'*worker.2* ]]
    export AFTER=absent
    exits 2 as_child --check --config conf
    [[ $stderr == *"conf:10: depends_on names an unknown service 'absent'" ]]
    unset SOCKET
    exits 2 as_child --check --config conf
    [[ $stderr == *"conf:3: control needs \${SOCKET}, which is not set"* ]]
}

@test "replicas are NAME.1 to NAME.N, and each has its number in INSTANCE (152)" {
    configure <<-'END'
		[worker]
		command = sh -c 'echo "worker $0 $INSTANCE"; sleep 0.2' ${INSTANCE}
		replicas = ${WORKERS:-2}
		[report]
		command = service report exit 0
		depends_on = worker:completed
	END
    exits_with 0 as_pid1
    [ "$(grep -cx 'worker 1 1\|worker 2 2' <<<"$output")" -eq 2 ]
    happens 'report ends'
    for count in 0 1 3; do
        export WORKERS=$count
        exits_with 0 as_pid1
        [ "$(grep -c "^worker" <<<"$output")" -eq "$count" ]
    done
    WORKERS=1 exits 0 as_child --check --config conf
    [[ $output == 'worker.1'* ]]
    for count in 1001 -1 many; do
        WORKERS=$count exits 2 as_child --check --config conf
        [[ $stderr == "foster: conf:3: replicas needs a number from 0 to 1000, not '$count'" ]]
    done
    printf '[worker]\ncommand = true\nreplicas = 0\n[worker.7]\ncommand = true\n' >conf
    exits 2 as_child --check --config conf
    [[ $stderr == "foster: conf:4: [worker.7] has the name of a replica of [worker]"* ]]
}

@test "replicas are restarted one by one, and each is essential if the service is (152)" {
    configure <<-'END'
		[worker]
		command = service worker
		replicas = 3
		essential = yes
	END
    run_foster as_pid1
    happens 'worker starts' 3
    reaches worker.3 running
    kill -KILL "$(pid worker.2)"
    ends 137
}

@test "ctl takes one replica, or all of them by the name of the section (152)" {
    configure <<-'END'
		[work]
		command = service work
		[worker]
		command = service worker
		replicas = 3
	END
    run_foster as_pid1
    ctl wait --timeout 5s worker:started worker.3:ready
    [ "$(ctl status worker | grep -c '^worker\.[123] ')" -eq 3 ]
    [ "$(ctl status worker.2 | grep -c '^worker')" -eq 1 ]
    ctl stop worker.2
    [ "$(state worker.1) $(state worker.2) $(state worker.3)" = 'running stopped running' ]
    ctl start worker
    reaches worker.2 running
    ctl signal USR1 worker
    happens 'worker signal 10' 3
    ctl restart worker
    happens 'worker starts' 7
    ctl stop worker
    [ "$(state worker.1) $(state worker.2) $(state worker.3)" = 'stopped stopped stopped' ]
    [ "$(state work)" = running ]
    fails ctl stop worker.4
    fails ctl stop worke
}

@test "replicas share their sockets (152)" {
    own_network
    configure <<-'END'
		[web]
		command = service web serve 3
		listen = tcp:8080
		replicas = 2
	END
    run_foster as_pid1
    reaches web.2 running
    first=$(pid web.1) second=$(pid web.2)
    for i in 1 2; do
        ctl stop web.1
        [ "$(call 8080)" = "web $second" ]
        ctl start web.1
        reaches web.1 running
        first=$(pid web.1)
        ctl stop web.2
        [ "$(call 8080)" = "web $first" ]
        ctl start web.2
        reaches web.2 running
        second=$(pid web.2)
    done
    silent
    send TERM
    ends 0
}

@test "a user or env_file of [foster] that is not there is noted at each section (135, 150)" {
    printf '%s\n' '[foster]' 'user = nosuch' 'env_file = absent' '[a]' 'command = true' >conf
    exits 0 as_child --check --config conf
    [ "${stderr_lines[0]}" = "foster: conf:4: the user 'nosuch' is not there now" ]
    [[ ${stderr_lines[1]} == "foster: conf:4: the env_file "*absent*"is not there now" ]]
    echo 'listen = tcp:18080' >>conf
    exits 2 as_child --check --config conf
    [[ ${stderr_lines[0]} == "foster: conf:4: listen needs a user that is there"* ]]
}
