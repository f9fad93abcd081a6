#!/usr/bin/env bats
# The end of main ends all: TERM, time to clean up, KILL, and no delay.

load helpers

@test "when main ends, a process of another session gets TERM (39)" {
    for way in "${WAYS[@]}"; do
        exits 0 "$way" leave -s 0
        [[ $output == *"cleaned up" ]]
        says_nothing
    done
}

@test "when main ends, a stopped process gets TERM and CONT (39)" {
    leave_stopped='leave -s 0 >left; read -r _ pid <left; kill -STOP $pid; echo $pid; exit 3'
    for way in as_pid1 as_child; do
        exits 3 "$way" sh -c "$leave_stopped"
        grep -q 'cleaned up' left
        rm left
    done
}

@test "a process that ignores TERM is killed after --grace (39, 73)" {
    for way in as_pid1 as_child; do
        from=$(now_ms)
        exits 0 "$way" --grace 300ms sh -c 'leave -i 0; leave -i -s 0'
        within "$from" 2000
        [ $(($(now_ms) - from)) -ge 300 ]
    done
}

@test "not as PID 1 foster ends its descendants and no other process (39, 53, 57)" {
    beside='signals >said & pid=$!; until grep -qs ready said; do :; done; "$@"
        kill -USR1 $pid; kill -TERM $pid'
    OTHER_PID1=(sh -c "$beside; wait \$pid; code=\$?; cat said; exit \$code" sh)
    for way in "${CHILD_WAYS[@]}"; do
        exits 0 "$way" leave -s 0
        [[ $output == *"cleaned up"*"signal 10"*"signal 15" ]]
    done
}

# bats test_tags=shipped
@test "not as PID 1 and without children at the end, foster does not search /proc" {
    via=(strace -qq -e 'trace=open,openat,waitid' -o calls)
    exits 3 as_child sh -c 'exit 3'
    grep -q '^waitid(.*ECHILD' calls
    ! grep '/proc' calls || false
    exits 3 as_child sh -c 'leave 0; exit 3'
    grep -q '"/proc/1/stat"' calls
}

@test "--grace 0 leaves at once (39)" {
    from=$(now_ms)
    exits 4 as_pid1 --grace 0 sh -c 'leave 5000 >&2; exit 4'
    within "$from" 2000
    [[ $output != *"cleaned up"* ]]
}

@test "after TERM foster leaves the moment the last process is gone (71)" {
    for way in as_pid1 as_child; do
        start_ready "$way" sh -c 'leave -s 100; exec signals'
        from=$(now_ms)
        send TERM
        ends 0
        within "$from" 2000
        wait_for_line "$out" 'cleaned up'
    done
}

@test "when main ends while orphans clean up, foster waits for them (72)" {
    for way in "${WAYS[@]}"; do
        exits 7 "$way" sh -c 'leave 300; leave -s 100; exit 7'
        [ "$(grep -c 'cleaned up' <<<"$output")" -eq 2 ]
    done
}

# Main is big, so its end takes a while; the orphan that is killed with it ends before.
@test "--stop-timeout kills main that ignores TERM, and all others, with one line (73)" {
    for way in "${WAYS[@]}"; do
        start "$way" --stop-timeout 300ms sh -c 'leave -i -s 0; trap "" TERM; exec eat 64' 3>&-
        wait_for_line "$out" '^ate '
        from=$(now_ms)
        send TERM
        ends 137
        within "$from" 3000
        [ "$(grep -c '^foster: killing' "$err")" -eq 1 ]
    done
}

@test "--stop-timeout counts from INT and QUIT, too, and not before (73)" {
    for signal in INT QUIT; do
        start_ready as_pid1 --stop-timeout 100ms signals -x USR1 0
        send HUP
        wait_for_line "$out" '^signal 1$'
        send "$signal"
        ends 137
    done
}

@test "without --stop-timeout main may take any time to stop (73)" {
    start as_pid1 \
        sh -c 'trap "sleep 0.5; exit 8" TERM; echo ready; while :; do sleep 0.01; done' 3>&-
    wait_for_line "$out" ready
    from=$(now_ms)
    send TERM
    ends 8
    [ $(($(now_ms) - from)) -ge 500 ]
}

@test "-P runs no command, reaps, and ends with TERM and INT" {
    for signal in TERM INT; do
        start as_pid1 -P -r CHLD:0 3>&-
        nsenter -t "$init" -p -m sh -c 'sleep 60 3>&- &'
        orphan=$(child_named sleep)
        kill -KILL "$orphan"
        wait_until is_gone "$orphan"
        send "$signal"
        ends 0
    done
}

# Main takes most of the 10 s of an engine; of the grace period of 5 s orphans get only the time up
# to the 9th second.
@test "main and the processes it leaves end within the 10 s of an engine (74)" {
    LIMIT=20
    start as_pid1 sh -c 'leave -i 0; trap "sleep 7.5; exit 0" TERM; echo ready
        while :; do sleep 0.1; done'
    wait_for_line "$out" '^ready'
    from=$(now_ms)
    send TERM
    ends 0
    within "$from" 9900
    [ $(($(now_ms) - from)) -ge 8900 ]
    grep -q 'killing the processes that have not ended within .*leave' "$err"
}
