#!/usr/bin/env bats
# MAINPID counts at once, while the process that foster has started lives.

load helpers

# master KEY...: configures [a]: `old` has a child `new`, named by MAINPID. Both run until TERM.
master() {
    cat >conf <<-END
		[a]
		command = sh -c 'service new &
		    service x notify "MAINPID=\$!|READY=1" barrier 5000 exit 0; exec service old'
		ready = notify
		restart_delay = 10ms..10ms
		stop_grace_period = 2s
		reload_signal = SIGUSR1
		$(printf '%s\n' "$@")
		[k]
		command = service k
	END
}

# runs WAY: starts foster with it, and waits until `new` is the main process.
runs() {
    run_foster "$1"
    reaches a ready
    happens 'old starts'
    happens 'new starts'
    new=$(awk '/^new starts/ { print $3 }' journal)
}

@test "MAINPID counts at once for signals, reload, status and stop, while the old one lives (145)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        master
        runs "$way"
        [ "$(pid a)" = "$new" ]
        [[ $(ctl status a) == *" $new "* ]]
        ctl signal HUP a
        happens 'new signal 1'
        ctl reload a
        happens 'new signal 10'
        never 'old signal .*'
        ctl stop a
        in_order 'new signal 15' 'new ends' 'old signal 15' 'old ends'
        is_now a stopped
        send TERM
        ends 0
    done
}

@test "a signal to foster reaches the new main process of an essential service (145)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        master 'essential = yes'
        runs "$way"
        send USR2
        happens 'new signal 12'
        never 'old signal .*'
        send TERM
        ends 0
    done
}

@test "when the old main process ends the service goes on; the new one's end is its end (145)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        master 'restart = on-failure'
        runs "$way"
        pkill -TERM -P "$init" -f 'service old'
        happens 'old ends'
        ctl signal HUP a
        happens 'new signal 1'
        is_now a ready
        [ "$(pid a)" = "$new" ]
        ctl signal TERM a
        happens 'new ends'
        reaches a 'done'
        silent
        send TERM
        ends 0
    done
}

@test "when the new main process ends first, the run ends and the old one is stopped (145)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        master 'restart = on-failure'
        runs "$way"
        ctl signal KILL a
        happens 'old ends'
        told "a: its main process (MAINPID $new) has ended"
        happens 'new starts' 2
        reaches a ready
        send TERM
        ends 0
    done
}

@test "MAINPID may name the first process again, and a stop command gets MAINPID (145)" {
    configure <<-'END'
		[a]
		command = sh -c 'service new & service x notify "MAINPID=$!"
		    notify "MAINPID=$$|READY=1" barrier 5000 exit 0; exec service old'
		ready = notify
		stop_command = service stop tell MAINPID exit 0
	END
    run_foster as_pid1
    reaches a ready
    happens 'old starts'
    old=$(awk '/^old starts/ { print $3 }' journal)
    [ "$(pid a)" = "$old" ]
    ctl stop a
    happens "stop MAINPID=$old"
    in_order 'stop MAINPID.*' 'old signal 15'
    : >journal
    master 'stop_command = service stop tell MAINPID exit 0'
    send TERM
    ends 0
    runs as_pid1
    ctl stop a
    happens "stop MAINPID=$new"
}

@test "MAINPID counts only for a process of the service itself (145)" {
    configure <<-'END'
		[victim]
		command = service victim
		[a]
		command = sh -c 'until grep -qs "^victim starts" journal; do sleep 0.01; done;
		    read -r _ _ pid _ <journal; service x notify "MAINPID=$pid" notify MAINPID=1
		    notify MAINPID=99999 notify READY=1 barrier 5000 exit 0; exec service a'
		ready = notify
	END
    for way in "${HOSTILE_WAYS[@]}"; do
        run_foster "$way"
        reaches a ready
        happens 'a starts'
        [ "$(pid a)" = "$(awk '/^a starts/ { print $3 }' journal)" ]
        ctl stop a
        never 'victim signal .*'
        is_now victim running
        send TERM
        ends 0
    done
}

@test "without pidfds MAINPID counts when the old main process has ended (145)" {
    master
    refusing ENOSYS pidfd_open
    runs as_pid1
    [ "$(pid a)" != "$new" ]
    ctl signal TERM a
    happens 'old ends'
    ctl signal HUP a
    happens 'new signal 1'
    [ "$(pid a)" = "$new" ]
    ctl stop a
    is_now a stopped
}

@test "a daemon whose parent lives becomes the main process, and no descriptor of it stays (145)" {
    configure <<-'END'
		[a]
		command = sh -c 'sh -c "service daemon code 7 & service x notify MAINPID=\$!
		    notify READY=1 barrier 5000 wake named exit 0; wait; exec service parent" &
		    exec service x wait named exit 0'
		ready = notify
		restart = on-failure:3
		restart_delay = 10ms..10ms
	END
    run_foster as_pid1
    reaches a ready
    for i in {2..4}; do
        rm -f named
        ctl signal TERM a
        happens 'daemon starts' "$i"
        reaches a ready
        count=$(find "/proc/$init/fd" -mindepth 1 | wc -l)
        between 0 "$count" "${before:-$count}" # the walk through /proc keeps a file
        before=$count
    done
    told 'has ended, with unknown exit status' 3
}
