#!/usr/bin/env bats
# MAINPID counts at once, while the process that foster started lives.

load helpers

# master KEY...: [a] is `old`, which has a child `new`, and that is named. Both stay until TERM.
master() {
    cat >conf <<-END
		[a]
		command = sh -c 'service new & service x notify "MAINPID=\$!|READY=1" barrier 5000 exit 0; exec service old'
		ready = notify
		restart_delay = 10ms..10ms
		stop_grace_period = 2s
		reload_signal = SIGUSR1
		$(printf '%s\n' "$@")
		[k]
		command = service k
	END
}

# runs WAY: it does, and `new` is the main process.
runs() {
    run_foster "$1"
    reaches a ready
    happens 'old starts'
    happens 'new starts'
    new=$(awk '/^new starts/ { print $3 }' journal)
}

@test "145 signals, reload, status and stop mean the new one while the old one lives" {
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

@test "145 signals to foster reach the new one of an essential service" {
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

@test "145 when the old one ends the service goes on, and its end is the new one's" {
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

@test "145 when the new one ends and the old one lives the run has ended, and the old one is stopped" {
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

@test "145 the first process may be named again, and a stop command has MAINPID" {
    configure <<-'END'
		[a]
		command = sh -c 'service new & service x notify "MAINPID=$!" notify "MAINPID=$$|READY=1" barrier 5000 exit 0; exec
		    service old'
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

@test "145 only a process of the service itself is believed" {
    configure <<-'END'
		[victim]
		command = service victim
		[a]
		command = sh -c 'until grep -qs "^victim starts" journal; do sleep 0.01; done; read -r _ _ pid _ <journal; service x
		    notify "MAINPID=$pid" notify MAINPID=1 notify MAINPID=99999 notify READY=1 barrier 5000 exit 0; exec service a'
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

@test "145 without pidfds it counts when the old one has ended" {
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

@test "145 a daemon whose parent lives is the service, and no descriptor of it stays" {
    configure <<-'END'
		[a]
		command = sh -c 'sh -c "service daemon code 7 & service x notify MAINPID=\$! notify READY=1 barrier 5000 wake named
		    exit 0; wait; exec service parent" & exec service x wait named exit 0'
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
        between 0 "$count" "${before:-$count}" # the search for leftovers keeps a file
        before=$count
    done
    told 'has ended, nobody knows how' 3
}
