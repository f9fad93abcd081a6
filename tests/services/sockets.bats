#!/usr/bin/env bats
# Sockets that foster opens for a service and keeps open while it restarts.

load helpers

@test "listen: LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES; tcp, udp, unix" {
    own_network
    configure <<-END
		[web]
		command = service web tell LISTEN_FDS tell LISTEN_PID tell LISTEN_FDNAMES
		    serve 3 serve 4 serve 5
		listen = tcp:127.0.0.1:8080
		listen = udp:127.0.0.1:8081
		listen = named=unix:$PWD/web.sock
		[other]
		command = service other tell LISTEN_FDS
	END
    for way in as_pid1 as_child; do
        run_foster "$way"
        happens 'web LISTEN_FDNAMES=web:web:named'
        happens 'web LISTEN_FDS=3'
        own=$(awk '/^web starts/ { print $3 }' journal)
        happens "web LISTEN_PID=$own"
        happens 'other LISTEN_FDS=none'
        [ "$(call 8080)" = "web $own" ]
        [ "$(socat -u UNIX-CONNECT:web.sock -)" = "web $own" ]
        echo -n hello | inside socat -u - UDP4:127.0.0.1:8081
        happens 'web datagram hello'
        silent
        send TERM
        ends 0
    done
}

@test "listen: a restart refuses no connection, and a crash loses none that waits" {
    own_network
    configure <<-'END'
		[web]
		command = service web serve 3
		listen = tcp:8080
		restart = always
		restart_delay = 200ms..200ms
	END
    run_foster as_pid1
    for i in {1..5}; do
        happens 'web starts' "$i"
        before=$(call 8080)
        kill -KILL "$(pgrep -P "$init" -f 'service web')"
        after=$(call 8080)
        [[ $before == "web "* && $after == "web "* && $before != "$after" ]]
    done
    ctl restart web
    [[ $(call 8080) == "web "* ]]
}

@test "listen: the socket exists before the service, and only the service has it" {
    own_network
    configure <<-'END'
		[slow]
		command = service slow wait go
		type = oneshot
		[web]
		command = service web serve 3
		listen = tcp:8080
		depends_on = slow:completed
		[other]
		command = state
	END
    run_foster as_pid1
    call 8080 >answer &
    caller=$!
    wait_for_line "$out" '^fds=0 1 2$'
    kill -0 "$caller"
    never 'web starts'
    : >go
    ctl signal TERM slow
    wait "$caller"
    grep '^web ' answer
}

@test "listen: an address in use or a wrong path is reported with its line, nothing starts" {
    own_network
    taken='socat TCP4-LISTEN:8080,bind=127.0.0.1 /dev/null &
        until ss -ltn | grep -q :8080; do sleep 0.01; done'
    via=(sh -c "ip link set lo up; $taken; exec \"\$@\"" sh)
    for address in tcp:127.0.0.1:8080 unix:/absent/web.sock tcp:192.0.2.1:80; do
        printf '[a]\ncommand = service a\n' >conf
        printf '[web]\ncommand = service web\nlisten = %s\n' "$address" >>conf
        prepare_folder
        code=0
        foster as_pid1 --control "$PWD/sock" --config conf 2>said || code=$?
        between 2 "$code" 125
        grep "^foster: conf:5: .*web.*listen on .*${address#*:}" said
        never '.*'
    done
}

@test "listen: a stale socket file is replaced" {
    exits 137 as_child sh -c 'service old listen unix:web.sock die KILL'
    [ -S web.sock ]
    printf '[web]\ncommand = service web serve 3\nlisten = unix:%s\n' "$PWD/web.sock" >conf
    run_foster as_pid1
    [[ $(socat -u UNIX-CONNECT:web.sock -) == "web "* ]]
}
