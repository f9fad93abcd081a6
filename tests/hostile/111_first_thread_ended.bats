#!/usr/bin/env bats
# A process whose first thread has ended while others live is in state Z in /proc, and is not dead.
# A true zombie is.

load helpers

# Main leaves a daemon whose first thread has ended, and exits when it is ready.
leave_behind='leaderless daemon $how >said & until grep -qs ready said; do sleep 0.01; done; exit 4'

@test "an orphan whose first thread has ended gets TERM when main has ended (111)" {
    local way
    prepare_folder
    for way in "${HOSTILE_WAYS[@]}"; do
        rm -f said
        exits 4 "$way" -- sh -c "$leave_behind"
        grep -q told said
        says_nothing
    done
}

@test "an orphan whose first thread has ended is killed and named after --grace (111)" {
    local way
    prepare_folder
    for way in "${HOSTILE_WAYS[@]}"; do
        rm -f said
        exits 4 "$way" --grace 100ms -- sh -c "how=stubborn; $leave_behind"
        says 'killing the processes that have not ended' 'leaderless (pid'
    done
}

@test "an orphan of a service whose first thread has ended gets TERM before the next run (111)" {
    local way
    for way in "${SERVICE_WAYS[@]}"; do
        configure <<'CONF'
[a]
command = sh -c 'leaderless daemon >>said; exec sleep 60'
stop_grace_period = 20s
CONF
        rm -f said
        run_foster "$way"
        wait_for_line said ready
        ctl restart a
        wait_for_line said told
        wait_for_line said ready 2
        send TERM
        ends 0
        silent
    done
}

# foster has ended when its memory is gone. The kernel then waits for the zombie; so its parent is
# told to reap it.
is_leaving() { [ -z "$(tr -d '\0' <"/proc/$init/cmdline")" ]; }

# left_with_zombie GRACE: main exits beside a zombie that came by an engine's exec.
left_with_zombie() {
    rm -f go here
    start as_pid1 --grace "$1" -- sh -c 'until [ -e go ]; do sleep 0.01; done; exit 6' 3>&-
    outsider "$init" >here 3>&- &
    parent=$!
    wait_for_line here ready
    touch go
    wait_until is_leaving
    kill -KILL "$parent"
    ends 6
}

@test "a zombie whose parent is outside the namespace delays no end, and is not killed (111)" {
    left_with_zombie 60s
    silent
    left_with_zombie 10ms
    silent
}
