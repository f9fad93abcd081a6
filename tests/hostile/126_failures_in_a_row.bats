#!/usr/bin/env bats
# Runs that are never ready are failures in a row, although each is as long as a calm run.

load helpers

@test "on-failure:1 counts runs that are never ready, however long they take (126)" {
    LIMIT=60
    configure <<-'END'
		[a]
		command = service a
		restart = on-failure:1
		restart_delay = 0..1s
		ready = file:/never
		ready_timeout = 10s
		[keep]
		command = service keep
	END
    run_foster as_pid1
    reaches a failed
    [ "$(count 'a starts')" = 2 ]
}
