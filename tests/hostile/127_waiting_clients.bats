#!/usr/bin/env bats
# Clients that wait, that are silent, or that do not read: others are answered all the same.

load helpers

AT_ONCE=2000 # ms, on a machine that is busy; the least that foster would take else is 5 s

serve() {
    configure <<END
[never]
command = sleep 1000
ready = file:$PWD/never
[web]
command = sleep 1000
essential = yes
END
    run_foster "$1"
    own=1 # it listens to clients
    wait_until is_alone
}

# crowd N COMMAND...: runs N of the command at the same time.
crowd() {
    local i n=$1
    shift
    for ((i = 0; i < n; i++)); do
        "${asking[@]}" "$@" >>crowd 2>&1 3>&- &
    done
}

# has_clients N: true when foster has N connections.
has_clients() { [ "$(sockets)" -ge $((own + $1)) ]; }
sockets() { find "/proc/$init/fd" -lname 'socket:*' | wc -l; }
is_alone() { [ "$(sockets)" -eq "$own" ]; }

# answers_at_once: checks that requests which need not wait are answered, and actions are done.
answers_at_once() {
    local begin
    begin=$(now_ms)
    [ "$(ctl health)" = healthy ]
    ctl status web >/dev/null
    ctl restart web
    within "$begin" "$AT_ONCE"
}

ctl_in_crowd() { crowd "$1" timeout "$LIMIT" "$FOSTER" ctl --control "$PWD/sock" wait never:ready; }

@test "ctl health is answered while 64 clients wait (127)" {
    for way in "${SERVICE_WAYS[@]}"; do
        serve "$way"
        ctl_in_crowd 64
        wait_until has_clients 64
        answers_at_once
        send TERM
        ends 143
        # each of them has waited until now
        wait_until has_lines 64 'never: .*foster is shutting down' crowd
        rm -f crowd
    done
}

@test "ctl health is answered while 200 clients wait; the oldest are closed with a reason (127)" {
    serve as_pid1
    ctl_in_crowd 200
    wait_for_line crowd 'too many clients' 104
    answers_at_once
}

@test "ctl health is answered while 200 clients are silent and 64 wait (127)" {
    serve as_pid1
    ctl_in_crowd 64
    wait_until has_clients 64
    crowd 200 socat -u "UNIX-CONNECT:$PWD/sock" -
    wait_until has_clients 128
    answers_at_once
    fails grep -q 'never' crowd
}

@test "ctl health is answered when waiting clients use up the descriptors (127)" {
    via=(prlimit --nofile=40:40)
    serve as_pid1
    ctl_in_crowd 60
    wait_for_line crowd 'too many clients' 20
    answers_at_once
}
