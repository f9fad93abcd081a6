#!/usr/bin/env bats
# A process that gives up root by itself (gosu, su-exec, setpriv) still belongs to its service, as
# long as it stays in the session.

load helpers

GIVE_UP="setpriv --reuid=$ORDINARY --regid=$ORDINARY --clear-groups"

@test "READY, STATUS, WATCHDOG and MAINPID count from a service that gave up root (144)" {
    for way in as_pid1 as_child; do
        configure <<-END
			[itself]
			command = $GIVE_UP service itself notify 'STATUS=not root|READY=1'
			    wait never
			ready = notify
			[child]
			command = sh -c '$GIVE_UP service child notify READY=1 barrier 5000 exit 0;
			    exec service child'
			ready = notify
			[fed]
			command = $GIVE_UP service fed notify READY=1 sleep 300 notify WATCHDOG=1
			    sleep 300 notify WATCHDOG=1 sleep 300 notify WATCHDOG=1
			    sleep 300 notify WATCHDOG=1 sleep 300 notify WATCHDOG=1 tell FED exit 3
			ready = notify
			watchdog = 900ms
			[main]
			command = sh -c '$GIVE_UP sh -c "service inner &
			    service x notify MAINPID=\$! notify READY=1 barrier 5000 exit 0; wait"'
			ready = notify
		END
        run_foster "$way"
        for name in itself child main; do
            reaches "$name" ready
        done
        [[ $(ctl status itself) == *'not root'* ]]
        reaches fed failed
        happens 'fed FED=none'
        told watchdog 0
        send TERM
        ends 0
    done
}

@test "the mark of a service makes no other user, and no other service's session, trusted (144)" {
    configure <<-END
		[a]
		command = sh -c 'setsid $GIVE_UP service other notify STATUS=lie notify READY=1
		    barrier 5000 exit 0; service x wake said exit 0; exec service a'
		ready = notify
		[b]
		command = service b notify READY=1 notify STATUS=truth
		ready = notify
	END
    run_foster as_pid1
    wait_until test -e said
    reaches b ready
    is_now a starting
    [[ $(ctl status) != *lie* ]]
}
