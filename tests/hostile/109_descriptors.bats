#!/usr/bin/env bats
# Any process may send descriptors to the notify socket, and the last close of a file may take as
# long as its sender likes.

load helpers

# answered_within MS VERB...: checks that foster ctl ends in that time.
answered_within() {
    local most=$1 from
    shift
    from=$(now_ms)
    ctl "$@" >/dev/null
    within "$from" "$most"
}

no_thread_sleeps_in_close() { ! grep -qs sk_stream_wait_close "/proc/$init"/task/*/stack; }
descriptors() { find "/proc/$init/fd" -mindepth 1 | wc -l; }

# evil COMMAND [KEY]: configures a service with that command, and another one.
evil() {
    printf '[evil]\ncommand = %s\nready = notify\n%s\n' "$1" "${2-}" >conf
    printf '[other]\ncommand = service other\nrestart = always\n' >>conf
}

@test "a descriptor that takes a minute to close delays neither supervision nor the stop (109)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        rm -f sent
        evil "slow_close notify 20 1 $PWD/sent"
        run_foster "$way"
        wait_until test -e sent
        for _ in {1..5}; do
            answered_within 300 status
        done
        answered_within 1000 restart other
        from=$(now_ms)
        send TERM
        ends 0
        within "$from" 3000
    done
}

@test "slow descriptors from another user, one or 253, delay nothing (109)" {
    own_network
    for copies in 1 253; do
        rm -f sent
        evil "slow_close notify 40 $copies $PWD/sent" "user = $ORDINARY"
        run_foster as_pid1
        wait_until test -e sent
        answered_within 300 status
        answered_within 1000 restart other
        from=$(now_ms)
        send TERM
        ends 0
        within "$from" 3000
    done
}

@test "slow descriptors from a process in another pid namespace delay nothing (109)" {
    own_network
    evil 'sh -c "echo $NOTIFY_SOCKET >socket; exec service evil"'
    run_foster as_pid1
    wait_until test -s socket
    NOTIFY_SOCKET=$(cat socket) inside unshare -pf --kill-child \
        timeout 30 slow_close notify 20 1 "$PWD/sent" &
    wait_until test -e sent
    answered_within 300 status
    answered_within 1000 restart other
    send TERM
    ends 0
}

@test "while sd_notify messages cannot be read no watchdog acts, and one line says so (109)" {
    own_network
    configure <<-'END'
		[fed]
		command = service fed notify READY=1 until TERM wait never
		ready = notify
		watchdog = 1s
		[evil]
		command = sh -c "service x wait go exit 0; exec slow_close notify 20 1 sent"
		ready = notify
	END
    sed -i "s/until TERM wait never/$(printf 'sleep 300 notify WATCHDOG=1 %.0s' {1..20})/" conf
    run_foster as_pid1
    reaches fed ready
    : >go
    wait_until test -e sent
    wait_for_line "$err" 'sd_notify messages are not read until'
    from=$(now_ms)
    wait_until late "$from" 2500
    [ "$(count 'fed starts')" -eq 1 ]
    told watchdog 0
    told 'sd_notify messages are not read until'
    answered_within 300 status
}
late() { [ $(($(now_ms) - $1)) -ge "$2" ]; }

@test "when the slow descriptors are closed, sd_notify messages are read again (109)" {
    own_network
    configure <<-'END'
		[evil]
		command = slow_close notify 20 1 sent
		ready = notify
		[good]
		command = service good wait go notify READY=1
		ready = notify
	END
    run_foster as_pid1
    wait_for_line "$err" 'sd_notify messages are not read until'
    pkill -KILL -P "$(pgrep -P "$init" -x slow_close)"
    : >go
    reaches good ready
    wait_until no_thread_sleeps_in_close
}

@test "descriptors in sd_notify messages do not add up, also where the limit leaves no room (109)" {
    for limit in 1024 16; do
        rm -f ./*.told
        configure <<-'END'
			[a]
			command = sh -c "for i in $(seq 20); do
			    slow_close notify 5 253 $i.told & service x wait $i.told exit 0;
			    pkill -KILL -P $!; kill -KILL $!; wait; done;
			    exec service a notify READY=1 barrier 5000"
			ready = notify
		END
        via=(prlimit --nofile="$limit:$limit")
        run_foster as_pid1
        before=$(descriptors)
        reaches a ready
        happens 'a barrier'
        between 0 "$(descriptors)" "$before"
        [ "$(threads_of "$init")" -eq 2 ]
        send TERM
        ends 0
    done
}

@test "BARRIER=1 works a hundred times in a row, also from another user (109)" {
    for key in '' "user = $ORDINARY"; do
        evil "service evil $(printf 'notify STATUS=%d barrier 5000 ' {1..100}) notify READY=1" \
            "$key"
        run_foster as_pid1
        reaches evil ready
        [ "$(count 'evil barrier')" -eq 100 ]
        [[ $(ctl status evil) == *100* ]]
        send TERM
        ends 0
    done
}
