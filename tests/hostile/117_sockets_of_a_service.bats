#!/usr/bin/env bats
# Sockets that foster opens: made with the rights of the service's user, and usable in each run.

load helpers

# of PATH: prints its kind, owner and mode.
of() { stat -c '%F %u:%g %a' "$1"; }

@test "a socket file is made by its service's user, with listen_mode (117)" {
    chmod 755 .
    mkdir theirs
    chown 65534:65533 theirs
    for mode in '' 'listen_mode = 0606'; do
        printf '[a]\ncommand = true\nuser = 65534:65533\n' >conf
        printf 'listen = unix:%s/theirs/s\n%s\n' "$PWD" "$mode" >>conf
        for way in as_pid1 as_child; do
            exits 0 "$way" --control none --config conf
            says_nothing
            expected=660
            [ -z "$mode" ] || expected=606
            # the second way has replaced a stale one
            [ "$(of theirs/s)" = "socket 65534:65533 $expected" ]
        done
    done
}

@test "without `user`, a socket file belongs to foster's user, whatever foster's umask (117)" {
    printf '[a]\ncommand = true\nlisten = unix:%s/s\n' "$PWD" >conf
    via=(sh -c 'umask 0; exec "$@"' sh)
    chmod 777 .
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 0 "$way" --control none --config conf
        owner=0:0
        [[ $way != *_user ]] || owner=65534:65534
        [ "$(of s)" = "socket $owner 660" ]
        rm s
    done
}

@test "a socket file in a directory that only root may write is made for the service's user (117)" {
    via=(sh -c 'mount -t tmpfs -o mode=755 none /run; exec "$@"' sh)
    configure <<-'END'
		[a]
		command = stat -c '%F %u:%g %a' /run/s
		user = 65534:65533
		listen = unix:/run/s
	END
    for way in as_pid1 as_child; do
        exits 0 "$way" --control none --config conf
        is 'socket 65534:65533 660'
    done
}

@test "a link in its user's directory makes and removes no socket elsewhere (117)" {
    chmod 755 .
    mkdir -m 777 theirs
    mkdir -m 700 hidden
    exits 137 as_child sh -c 'service old listen unix:hidden/s die KILL' # a stale one
    before=$(stat -c %i hidden/s)
    "${AS_USER[@]}" ln -s "$PWD/hidden" theirs/way
    for name in s new; do
        printf '[a]\ncommand = true\nuser = 65534:65534\n' >conf
        echo "listen = unix:$PWD/theirs/way/$name" >>conf
        for way in as_pid1 as_child; do
            exits 125 "$way" --control none --config conf
            says "listen on unix:.*/$name: Permission denied"
        done
    done
    [ "$(stat -c %i hidden/s)" = "$before" ]
    [ ! -e hidden/new ]
}

# In a shell: a second run, which finds the mark of the first, serves its socket.
whole_once='[ -e ruined ] && exec service web serve 3'

# whole HOW ADDRESS: the first run ruins its socket; checks that the second can use it.
whole() {
    rm -f ruined web.sock
    printf '[web]\ncommand = sh -c "%s; : >ruined; ruin %s 3; exit 1"\n' "$whole_once" "$1" >conf
    printf 'listen = %s\nrestart = on-failure\n%s\n' "$2" "$user" >>conf
    run_foster "$way"
    happens 'web starts'
    grep -qx "$1 3: .*" "$out"
}

@test "a socket that a run has shut down is opened again for the next, and one line says so (117)" {
    own_network
    for way in as_pid1 as_child; do
        for user in '' 'user = 65534'; do
            for how in both read nowhere; do
                whole "$how" tcp:127.0.0.1:8080
                [[ $(call 8080) == "web "* ]]
                told 'web: the socket on descriptor 3 can no longer be used'
                send TERM
                ends 0
            done
            for how in both read; do
                whole "$how" "unix:$PWD/web.sock"
                [[ $(socat -u UNIX-CONNECT:web.sock -) == "web "* ]]
                told 'web: the socket on descriptor 3 can no longer be used'
                send TERM
                ends 0
            done
            for how in both read connect; do
                whole "$how" udp:127.0.0.1:8081
                echo -n "$how" | inside socat -u - UDP4:127.0.0.1:8081
                happens "web datagram $how"
                told 'web: the socket on descriptor 3 can no longer be used'
                send TERM
                ends 0
            done
        done
    done
}

@test "a ruined socket whose clients sent descriptors that are slow to close delays nothing (117)" {
    own_network
    for address in "$PWD/web.sock" @web; do
        configure <<-END
			[web]
			command = sh -c '$whole_once; : >ruined; service x wait sent exit 0;
			    ruin both 3; exit 1'
			listen = unix:$address
			restart = on-failure
			[client]
			command = slow_close first $address 1 1 sent
			depends_on = web:started
		END
        rm -f ruined sent
        run_foster as_pid1
        happens 'web starts'
        from=$(now_ms)
        ctl status >/dev/null
        [ $(($(now_ms) - from)) -lt 1000 ]
        told 'web: the socket on descriptor 3 can no longer be used'
        told 'cannot listen' 0
        send TERM
        ends 0
    done
}

@test "a socket file that a run has removed is there for the next run (117)" {
    configure <<-END
		[web]
		command = sh -c '$whole_once; : >ruined; rm web.sock; exit 1'
		listen = unix:$PWD/web.sock
		restart = on-failure
	END
    run_foster as_pid1
    happens 'web starts'
    [[ $(socat -u UNIX-CONNECT:web.sock -) == "web "* ]]
    told 'web: the socket on descriptor 3 can no longer be used'
}

@test "an address that another process has taken meanwhile is tried again (117)" {
    configure <<-END
		[web]
		command = sh -c '$whole_once; : >ruined; rm web.sock; ruin both 3; mkdir web.sock;
		    exit 1'
		listen = unix:$PWD/web.sock
		restart = on-failure
		restart_delay = 20ms..50ms
	END
    run_foster as_pid1
    wait_until grep -q 'web: cannot listen on unix:.*web.sock: Address' "$err"
    rmdir web.sock
    happens 'web starts'
    [[ $(socat -u UNIX-CONNECT:web.sock -) == "web "* ]]
}

@test "a socket that a run has made non-blocking blocks again in the next run (117)" {
    configure <<-END
		[a]
		command = sh -c '[ -e ruined ] && exec ruin blocking 3;
		    : >ruined; ruin nonblock 3; exit 1'
		listen = unix:$PWD/a.sock
		restart = on-failure
	END
    exits 0 as_pid1 --control none --config conf
    is "$(printf 'nonblock 3: done\nblocking 3: done')"
}

# From 200 services on the signal thread has a descriptor table of its own, in which the ruined
# socket must not stay open.
@test "a socket that a run has shut down is opened again among many services, too (117)" {
    own_network
    for address in udp:127.0.0.1:8081 tcp:127.0.0.1:8080; do
        rm -f ruined
        how=connect
        [[ $address == udp:* ]] || how=both
        {
            printf '[web]\ncommand = sh -c "%s; : >ruined; ruin %s 3; exit 1"\n' \
                "$whole_once" $how
            printf 'listen = %s\nrestart = on-failure\nrestart_delay = 20ms..50ms\n' "$address"
            for i in {1..220}; do printf '[s%d]\ncommand = sleep 300\n' "$i"; done
        } >conf
        run_foster as_pid1
        happens 'web starts'
        send TERM
        wait "$job" || true
    done
}

# The file system stops to answer before web's first run ends: a child looks at the socket and its
# address.
@test "a socket file on a file system that hangs delays only its own service (117)" {
    mkdir later
    "${NAMESPACE[@]}" "$BIN/dead_fs" "$PWD/later" true 3>&- || skip "needs FUSE"
    configure <<-END
		[mount]
		command = dead_fs $PWD/later sh -c ': >mounted; exec sleep 300'
		[web]
		command = sh -c 'until [ -e mounted ]; do sleep 0.01; done; ruin both 3; exit 1'
		listen = unix:$PWD/later/s
		restart = on-failure
	END
    run_foster as_pid1
    wait_until grep -q 'web: cannot listen on unix:.*/later/s: Operation timed out' "$err"
    before=$(now_ms)
    ctl status
    between 0 $(($(now_ms) - before)) 1000
    send TERM
    before=$(now_ms)
    wait "$job" || true
    between 0 $(($(now_ms) - before)) 3000
}
