#!/usr/bin/env bats
# A daemon that MAINPID names leads no process group, may be no child of foster, and ignores TERM.

load helpers

# daemon ADOPTED|HELD: configures the service [a] with such a daemon. Its parent ends with the first
# process, or lives as long as the daemon.
daemon() {
    case $1 in
    adopted) after='' ;;
    held) after='; wait' ;;
    esac
    cat >daemon.sh <<-END
		service daemon ignore TERM &
		service x notify "MAINPID=\$!|READY=1" barrier 5000 wake named exit 0$after
	END
    configure <<-END
		[a]
		command = sh -c 'service first exit 0; setsid sh daemon.sh &
		    exec service x wait named exit 0'
		ready = notify
		restart = always
		restart_delay = 10ms..10ms
		stop_grace_period = 1s
		[k]
		command = service k
	END
}

# runs WAY KIND: starts foster with it, and waits until the daemon is the main process.
runs() {
    rm -f named
    daemon "$2"
    run_foster "$1"
    goes_on
}
goes_on() {
    reaches a ready
    happens 'daemon starts' "${1:-1}"
    wait_until test "$(awk '/^daemon starts/ { pid = $3 } END { print pid }' journal)" = "$(pid a)"
    is_now a ready
}
daemons() { pgrep -c -f 'service daemon' || true; }

@test "a daemon of MAINPID that ignores TERM is killed in time by ctl stop and ctl restart (110)" {
    for kind in adopted held; do
        for way in "${HOSTILE_WAYS[@]}"; do
            runs "$way" "$kind"
            from=$(now_ms)
            ctl stop --timeout 4s a
            between 900 $(($(now_ms) - from)) 2500
            is_now a stopped
            [ "$(daemons)" -eq 0 ]
            told 'a has not stopped within 1.0'
            rm -f named
            ctl start a
            goes_on 2
            from=$(now_ms)
            rm -f named
            ctl restart --timeout 4s a
            between 900 $(($(now_ms) - from)) 2500
            goes_on 3
            [ "$(daemons)" -eq 1 ]
            send TERM
            ends 0
        done
    done
}

@test "a daemon of MAINPID that ignores TERM is killed when foster stops (110)" {
    for kind in adopted held; do
        for way in "${HOSTILE_WAYS[@]}"; do
            runs "$way" "$kind"
            from=$(now_ms)
            send TERM
            ends 0
            between 900 $(($(now_ms) - from)) 2500
            [ "$(daemons)" -eq 0 ]
        done
    done
}

@test "without stop_grace_period foster ends a daemon of MAINPID within 10 s (110)" {
    daemon held
    sed -i '/stop_grace_period/d' conf
    LIMIT=20 run_foster as_pid1
    goes_on
    from=$(now_ms)
    send TERM
    ends 0
    within "$from" 10000
}
