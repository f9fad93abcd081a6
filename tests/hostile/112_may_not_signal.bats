#!/usr/bin/env bats
# A process that foster may not signal, without CAP_KILL, delays no end. One line names it. With
# CAP_SETUID foster sends the signal as the process's user, else all time limits hold without it.

load helpers

# Two cases: foster is root without CAP_KILL and main of another user; foster is an ordinary user
# and main has become root.
as_weak_root() { via=(setpriv --bounding-set=-kill --inh-caps=-all) become=("${AS_USER[@]}"); }
as_user() {
    install -m 4755 "$BIN/as_root" become
    chmod 777 .
    via=("${AS_USER[@]}") become=("$PWD/become")
}

# What foster logs where it may not signal main, or a program sh of root.
as_main='may not signal main (pid [0-9]*), which is uid 65534.s: '
as_main+='CAP_KILL is missing; signals are sent as that user$'
not_sh='may not signal sh (pid [0-9]*), which is uid 0.s: CAP_KILL is missing'

@test "with CAP_SETUID, main is signalled as its own user, and one line says so (112)" {
    local way
    as_weak_root
    for way in as_pid1 as_child; do
        start "$way" -- "${become[@]}" signals -x TERM 7 3>&-
        wait_for_line "$out" '^ready '
        send USR1
        wait_for_line "$out" '^signal 10$'
        send TERM
        ends 7
        told "$as_main"
        told .
    done
}

@test "a process group in which only main may not be signalled is ended (112)" {
    local way
    as_weak_root
    for way in as_pid1 as_child; do
        start "$way" -g -- sh -c 'sleep 60 & exec "$@"' sh "${become[@]}" signals -x TERM 7 3>&-
        wait_for_line "$out" '^ready '
        send TERM
        ends 7
        told 'may not signal main'
    done
}

@test "a signal with a value that must be sent as main's user comes without the value (112)" {
    as_weak_root
    start as_pid1 -- "${become[@]}" signals 3>&-
    wait_for_line "$out" '^ready '
    queue 40 7
    wait_for_line "$out" '^signal 40$'
    send TERM
    ends 0
}

queue() {
    python3 -c 'import ctypes, sys; ctypes.CDLL(None).sigqueue(*map(int, sys.argv[1:]))' \
        "$init" "$@"
}

@test "--stop-timeout holds for a main that may not be signalled, and the exit code is 125 (112)" {
    local way begun
    as_user
    for way in as_pid1 as_child; do
        start "$way" --stop-timeout 200ms -- "${become[@]}" signals -x USR2 0 3>&-
        wait_for_line "$out" '^ready '
        begun=$(now_ms)
        send TERM
        ends 125
        within "$begun" 2000
        told 'may not signal main (pid [0-9]*), which is uid 0.s: CAP_KILL is missing$'
        told 'killing main, which has not stopped within 0.20 s'
        told 'main (.*) cannot be killed'
        told . 3
        fails grep -q '^signal' "$out"
    done
}

@test "without --stop-timeout, a main that may not be signalled gets less than 10 s (112)" {
    local begun
    LIMIT=20
    as_user
    start as_pid1 -- "${become[@]}" signals 3>&-
    wait_for_line "$out" '^ready '
    begun=$(now_ms)
    send TERM
    ends 125
    within "$begun" 9900
    told 'killing main, which has not stopped within 9.00 s'
}

@test "main's own exit code counts if it ends in time, though it may not be signalled (112)" {
    as_user
    start as_pid1 --stop-timeout 20s -- "${become[@]}" \
        sh -c 'touch there; until [ -e go ]; do sleep 0.01; done; exit 9' 3>&-
    wait_until [ -e there ]
    send TERM
    wait_for_line "$err" 'may not signal main'
    touch go
    ends 9
}

# What main leaves: a process that writes "ready" and, at TERM, "told" to the file `said`.
left='"$@" sh -c "trap \"echo told >>said; exit\" TERM; echo ready >>said
        while :; do sleep 0.02; done" &
until grep -q ready said; do sleep 0.01; done; exit 4'

@test "with CAP_SETUID, processes that main leaves are signalled as their own user (112)" {
    local way
    as_weak_root
    chmod 777 .
    for way in as_pid1 as_child; do
        : >said
        chmod 666 said
        exits 4 "$way" --grace 20s -- sh -c "$left" sh "${become[@]}"
        grep -q told said
        fails grep foster <<<"$stderr" # the shell says that its sleep was terminated
    done
}

@test "--grace holds for processes that may not be signalled, and one line names them (112)" {
    local way begun
    as_user
    for way in as_pid1 as_child; do
        : >said
        chmod 666 said
        begun=$(now_ms)
        run -4 --separate-stderr foster "$way" --grace 200ms -- sh -c "$left" sh "${become[@]}"
        within "$begun" 3000
        [ "$(grep -c "$not_sh" <<<"$stderr")" -eq 1 ]
        fails grep -q told said
    done
}

# ---- services ----

@test "with CAP_SETUID, services are stopped as their own users (112)" {
    local way
    as_weak_root
    configure <<CONF
[web]
command = service web
user = $ORDINARY
stop_grace_period = 60s
CONF
    for way in as_pid1 as_child; do
        run_foster "$way"
        happens 'web starts'
        ctl signal USR1 web
        happens 'web signal 10'
        ctl stop web
        is_now web stopped
        send TERM
        ends 0
        told "${as_main/main/web}"
        told .
    done
}

@test "with CAP_SETUID, a process of MAINPID is signalled as its own user (112)" {
    as_weak_root
    configure <<CONF
[a]
command = sh -c 'service new ignore TERM &
    service x notify "MAINPID=\$!|READY=1" barrier 5000 exit 0; exec service old'
user = $ORDINARY
ready = notify
reload_signal = SIGUSR1
stop_grace_period = 300ms
[k]
command = service k
CONF
    run_foster as_pid1
    reaches a ready
    ctl reload a
    happens 'new signal 10'
    ctl stop a
    is_now a stopped
    happens 'new signal 15'
    send TERM
    ends 0
    told "${as_main/main/a}"
    told 'cannot be killed' 0
}

@test "the process group of a service that may not be signalled is killed (112)" {
    as_weak_root
    configure <<CONF
[web]
command = sh -c 'sleep 60 & exec "\$@"' sh ${become[@]} service web ignore TERM
stop_grace_period = 300ms
CONF
    run_foster as_pid1
    happens 'web starts'
    send TERM
    ends 0
    told 'web has not stopped within 0.30 s: killing it'
    told 'cannot be killed' 0
}

@test "with CAP_SETUID, a health check that hangs is killed as its own user (112)" {
    local first
    as_weak_root
    configure <<CONF
[web]
command = service web
user = $ORDINARY
healthcheck = sleep 60
healthcheck_interval = 50ms
healthcheck_timeout = 1s
CONF
    run_foster as_pid1
    first=$(child_named sleep)
    wait_until is_gone "$first"
    send TERM
    ends 0
}

@test "all time limits hold for a service that may not be signalled; others stop in order (112)" {
    local way begun
    as_user
    configure <<CONF
[foster]
grace = 100ms
[other]
command = service other
[web]
command = $PWD/become service web until HUP
depends_on = other
stop_grace_period = 300ms
essential = yes
CONF
    for way in as_pid1 as_child; do
        run_foster "$way"
        happens 'web starts'
        happens 'other starts'
        begun=$(now_ms)
        send TERM
        ends 125
        within "$begun" 4000
        told 'may not signal web (pid [0-9]*), which is uid 0.s: CAP_KILL is missing$'
        told 'web has not stopped within 0.30 s: killing it'
        told 'web (pid [0-9]*) cannot be killed$'
        happens 'other ends'
        never 'web signal 15'
    done
}

@test "without time limits, services that may not be signalled get less than 10 s (112)" {
    local begun
    as_user
    configure <<CONF
[web]
command = $PWD/become service web until HUP
CONF
    run_foster as_pid1
    happens 'web starts'
    begun=$(now_ms)
    send TERM
    ends 125
    within "$begun" 9900
}

@test "a restarted command that may not be signalled gets less than 10 s as well (112)" {
    local begun
    as_user
    start as_pid1 --restart always -- "${become[@]}" signals 3>&-
    wait_for_line "$out" '^ready '
    begun=$(now_ms)
    send TERM
    ends 125
    within "$begun" 9900
    told 'may not signal main'
}
