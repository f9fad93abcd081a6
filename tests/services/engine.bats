#!/usr/bin/env bats
# foster was started by a container engine or by systemd: with NOTIFY_SOCKET, or with sockets.

load helpers

# listen: receives the datagrams that come to the socket `engine`, in the background, and appends
# them to the file `told`.
listen() {
    prepare_folder
    : >told
    socat -u UNIX-RECV:engine,mode=0666,unlink-early=1 OPEN:told,append 3>&- &
    listener=$!
    via=(env "NOTIFY_SOCKET=$PWD/engine")
    wait_until test -S engine
}
teardown() { [ -z "${listener:-}" ] || kill "$listener" || true; }
# hears TEXT: waits until the messages have this text.
hears() { wait_until grep -qF -- "$1" told || { cat told && return 1; }; }

@test "a command has NOTIFY_SOCKET and LISTEN_*, with its own pid, whatever the options (146)" {
    printf '[b]\ncommand = sleep 60\n' >conf
    via=(sh -c 'LISTEN_PID=$$ exec env LISTEN_FDS=1 LISTEN_FDNAMES=web NOTIFY_SOCKET=/engine \
        WATCHDOG_USEC=5 "$@" 3</dev/null' sh)
    shown='echo $NOTIFY_SOCKET $LISTEN_FDS $LISTEN_FDNAMES $WATCHDOG_USEC; ls /proc/self/fd/3
        [ "$LISTEN_PID" = $$ ] && echo own'
    for way in as_pid1 as_child; do
        for options in '' '--restart on-failure --control none' '--config conf --control none'; do
            # shellcheck disable=SC2086
            exits 0 "$way" $options -- sh -c "$shown"
            is "$(printf '/engine 1 web 5\n/proc/self/fd/3\nown')"
        done
    done
}

@test "a command that is restarted has them in each run (146)" {
    via=(sh -c 'LISTEN_PID=$$ exec env LISTEN_FDS=1 NOTIFY_SOCKET=/engine "$@" 3</dev/null' sh)
    # shellcheck disable=SC2016
    shown='[ "$LISTEN_PID" = $$ ] && ls /proc/self/fd/3 && echo "$NOTIFY_SOCKET"
        [ -e second ] || { : >second; exit 1; }'
    exits 0 as_pid1 --restart on-failure --control none -- sh -c "$shown"
    is "$(printf '/proc/self/fd/3\n/engine\n/proc/self/fd/3\n/engine')"
}

@test "services have none of them, and foster says that the sockets are closed (146)" {
    printf '[a]\ncommand = sh -c "echo $LISTEN_FDS $NOTIFY_SOCKET; ls /proc/self/fd"\n' >conf
    # shellcheck disable=SC2016
    via=(sh -c 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 5</dev/null' sh)
    exits 0 as_pid1 --control none --config conf
    says LISTEN_FDS closed
    [[ "$output" != *5* ]]
    via=(env LISTEN_PID=4711 LISTEN_FDS=1)
    exits 0 as_pid1 --control none --config conf
    says_nothing
}

@test "foster says READY=1 when all that start by themselves are, and what it waits for (146)" {
    configure <<-'END'
		[a]
		command = service a wait go notify READY=1
		ready = notify
		[job]
		command = service job wait go exit 0
		type = oneshot
		[failed]
		command = exit 3
		[by-hand]
		command = service by-hand
		autostart = no
		[web]
		command = service web
		depends_on = a, job
	END
    for way in as_pid1 as_child; do
        listen
        via+=(WATCHDOG_USEC=100000)
        run_foster "$way"
        reaches failed failed
        hears 'STATUS=waiting for a, job, web'
        fails grep -q READY told
        : >go
        hears "$(printf 'READY=1\nSTATUS=ready')"
        ctl restart a
        send TERM
        ends 0
        hears 'STOPPING=1'
        [ "$(grep -o 'READY=1' told | wc -l)" -eq 1 ]
        [ "$(grep -o 'STOPPING=1' told | wc -l)" -eq 1 ]
        fails grep -q WATCHDOG told
        rm go
        kill "$listener"
    done
    [ "$(grep -c . "$err")" -eq 1 ]
}

@test "with many services STATUS names the first ones, and READY=1 comes once (146)" {
    listen
    for i in {1..50}; do
        printf '[s%d]\ncommand = service s%d wait go\nready = file:%s/go\n' "$i" "$i" "$PWD"
    done >conf
    run_foster as_pid1
    hears 'STATUS=waiting for s1, s2, s3 and 47 more'
    : >go
    hears 'READY=1'
    between 1 "$(grep -o STATUS= told | wc -l)" 30
}

@test "when the services end by themselves, READY=1 and STOPPING=1 are said all the same (146)" {
    listen
    printf '[a]\ncommand = true\ntype = oneshot\n' >conf
    exits_with 0 as_pid1
    says_nothing
    hears 'READY=1'
    hears 'STOPPING=1'
}

@test "an engine that does not listen, or does not read, holds nothing up (146)" {
    printf '[a]\ncommand = service a exit 0\n' >conf
    prepare_folder
    for socket in "$PWD/absent" relative @nobody; do
        via=(env "NOTIFY_SOCKET=$socket")
        exits 0 as_pid1 --control none --config conf
        says NOTIFY_SOCKET "$socket"
    done
    listen
    kill -STOP "$listener"
    exits_with 0 as_pid1
    says_nothing
    kill -CONT "$listener"
}
