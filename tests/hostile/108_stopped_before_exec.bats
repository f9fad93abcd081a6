#!/usr/bin/env bats
# A process of the service's user stops foster's child between its change of user and its exec.

load helpers

@test "a child that is stopped before its exec delays no other service, and is ended (108)" {
    # A long search for the program makes that time long enough.
    long=$(printf '/nowhere/%s:' {1..3000})$PATH
    configure <<-'END'
		[freeze]
		command = freeze foster
		user = 65534
		[wait]
		command = service wait wait go exit 0
		type = oneshot
	END
    for i in {1..8}; do
        printf '[crash%s]\ncommand = true\nuser = 65534\n' "$i"
        printf 'restart = always\nrestart_delay = 1ms..10ms\n'
        printf 'depends_on = wait:completed\nready_timeout = 60s\n'
    done >>conf
    via=(env "PATH=$long")
    run_foster as_pid1
    wait_until is_now freeze running
    : >go
    wait_until somebody_is_stopped
    for _ in 1 2 3; do
        from=$(now_ms)
        ctl status freeze >/dev/null
        within "$from" 400
    done
    somebody_is_stopped
    victim=$(ctl status --json | jq -r '[.services[] | select(.state == "starting")][0].name')
    from=$(now_ms)
    ctl stop "$victim"
    within "$from" 8000
    from=$(now_ms)
    send TERM
    wait "$job" || true
    within "$from" 9500
}
# A child of foster that has not called exec yet, and is stopped.
somebody_is_stopped() {
    local pid
    for pid in $(pgrep -P "$init" -x foster); do
        is_in_state T "$pid" && return
    done
    return 1
}
