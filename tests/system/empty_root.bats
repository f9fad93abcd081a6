#!/usr/bin/env bats
# foster needs a kernel and nothing else, and does without some system calls.

# bats file_tags=shipped

load helpers

@test "on an empty read-only root, as nobody, main's exit code is foster's (58)" {
    empty_root --as-pid-1
    for code in 0 7 255; do
        exits "$code" in_empty_root exit "$code"
        says_nothing
    done
    exits 137 in_empty_root exit -s KILL
}

@test "on an empty read-only root, orphans are reaped (58)" {
    empty_root --as-pid-1
    start_ready in_empty_root orphans 200 signals
    wait_until has_no_zombie
    send TERM
    ends 0
}
has_no_zombie() { ! pgrep -r Z -P "$init" >/dev/null; }

@test "on an empty read-only root, signals are forwarded (58)" {
    empty_root --as-pid-1
    start_ready in_empty_root signals
    send HUP
    wait_for_line "$out" '^signal 1$'
    send 37
    wait_for_line "$out" '^signal 37$'
    send TERM
    ends 0
}

@test "on an empty read-only root, orphans clean up at the end, or are killed (58)" {
    empty_root --as-pid-1
    exits 0 in_empty_root leave -s 50
    [[ $output == *"cleaned up" ]]
    from=$(now_ms)
    exits 0 in_empty_root --grace 200ms leave -i -s 0
    within "$from" 2000
}

@test "on an empty read-only root, a stopped main ends with TERM (58)" {
    empty_root --as-pid-1
    start_ready in_empty_root signals
    kill -STOP "$main"
    wait_until is_in_state T "$main"
    send TERM
    ends 0
}

@test "on an empty read-only root, exec errors are explained (58)" {
    empty_root --as-pid-1
    exits 127 in_empty_root /absent-program
    says /absent-program 'not found'
    exits 127 in_empty_root absent-program
    says absent-program "$BIN"
    exits 126 in_empty_root "$BIN"
    says "$BIN" directory
}

@test "on an empty read-only root, and not as PID 1, all works (58)" {
    empty_root
    exits 7 in_empty_root orphans 100 exit 7
    says_nothing
    start_ready in_empty_root signals
    send HUP
    wait_for_line "$out" '^signal 1$'
    send TERM
    ends 0
}

@test "without close_range main has descriptor 9, and foster closes it (60)" {
    refusing ENOSYS close_range
    echo text >file
    for way in as_pid1 as_child; do
        start_ready "$way" sh -c 'read -r line <&9; echo "$line"; exec signals' 9<file
        wait_for_line "$out" '^text$'
        wait_until has_no_descriptor "$init" 9
        send TERM
        ends 0
    done
}

@test "without close_range and without /proc foster closes it, too (60)" {
    refusing ENOSYS close_range
    via=(sh -c 'umount -l /proc; exec "$@"' sh)
    start_ready as_pid1 signals 9</dev/null
    wait_until has_no_descriptor "$init" 9
    send TERM
    ends 0
}
has_no_descriptor() { [ ! -e "/proc/$1/fd/$2" ]; }

@test "without pidfd_open, pidfd_send_signal, clone3 and close_range all works (61)" {
    refusing ENOSYS pidfd_open pidfd_send_signal clone3 close_range
    for way in as_pid1 as_child; do
        exits 7 "$way" sh -c 'orphans 20; leave -s 50; exit 7'
        [[ $output == *"cleaned up" ]]
        start_ready "$way" signals
        send HUP
        wait_for_line "$out" '^signal 1$'
        send TERM
        ends 0
    done
}
