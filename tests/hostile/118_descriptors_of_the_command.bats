#!/usr/bin/env bats
# The descriptors that foster was started with are for the command only.

load helpers

@test "only the command gets the descriptors foster was started with; services do not (118)" {
    configure <<-'END'
		[helper]
		command = sh -c 'ls /proc/self/fd >helper; exec service helper'
		stop_command = sh -c 'ls /proc/self/fd >beside'
		healthcheck = sh -c 'ls /proc/self/fd >probe'
		healthcheck_interval = 50ms
	END
    via=(bash -c 'exec "$@" 7</dev/null 60</dev/null' bash)
    for way in as_pid1 as_child; do
        rm -f main helper beside probe
        run_foster "$way" --restart on-failure:1 -- \
            sh -c 'ls /proc/self/fd >>main; exec service main wait go exit 1'
        happens 'main starts'
        wait_until test -s helper -a -s probe
        : >go
        ends 1
        cat main
        [ "$(grep -cx 7 main)" = 2 ]
        [ "$(grep -cx 60 main)" = 2 ]
        for file in helper beside probe; do
            [ "$(grep -cxE '7|60' "$file")" = 0 ]
        done
        rm go
    done
}
