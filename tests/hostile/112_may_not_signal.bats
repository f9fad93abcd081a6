#!/usr/bin/env bats
# Whom foster may not signal, for want of CAP_KILL, holds up no end: it is said once, the signal is sent as the user that
# it belongs to, where there is CAP_SETUID, and else all times hold without it.

load helpers

# Root without CAP_KILL, and a main of another user; an ordinary user, and a main that has become root.
as_weak_root() { via=(setpriv --bounding-set=-kill --inh-caps=-all) become=("${AS_USER[@]}"); }
as_user() {
    install -m 4755 "$BIN/as_root" become
    chmod 777 .
    via=("${AS_USER[@]}") become=("$PWD/become")
}

@test "112 with CAP_SETUID main gets its signals as its own user, and one line says so" {
    local way
    as_weak_root
    for way in as_pid1 as_child; do
        start "$way" -- "${become[@]}" signals -x TERM 7 3>&-
        wait_for_line "$out" '^ready '
        send USR1
        wait_for_line "$out" '^signal 10$'
        send TERM
        ends 7
        told 'may not signal main (pid [0-9]*), which is uid 65534.s: CAP_KILL is missing; signals are sent as that user$'
        told .
    done
}

@test "112 a group that main alone cannot be signalled in" {
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

@test "112 a signal with a value comes without it" {
    as_weak_root
    start as_pid1 -- "${become[@]}" signals 3>&-
    wait_for_line "$out" '^ready '
    queue 40 7
    wait_for_line "$out" '^signal 40$'
    send TERM
    ends 0
}

queue() { python3 -c 'import ctypes, sys; ctypes.CDLL(None).sigqueue(*map(int, sys.argv[1:]))' "$init" "$@"; }

@test "112 --stop-timeout holds, and the code is 125" {
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

@test "112 without --stop-timeout it has less than an engine's 10 s" {
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

@test "112 main's own code counts if it ends in time" {
    as_user
    start as_pid1 --stop-timeout 20s -- "${become[@]}" sh -c 'touch there; until [ -e go ]; do sleep 0.01; done; exit 9' 3>&-
    wait_until [ -e there ]
    send TERM
    wait_for_line "$err" 'may not signal main'
    touch go
    ends 9
}

# What main leaves behind: left HOW says "ready" and "told".
left='"$@" sh -c "trap \"echo told >>said; exit\" TERM; echo ready >>said; while :; do sleep 0.02; done" &
until grep -q ready said; do sleep 0.01; done; exit 4'

@test "112 what main leaves behind is told as its own user" {
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

@test "112 --grace holds for those that cannot be told, and one line names them" {
    local way begun
    as_user
    for way in as_pid1 as_child; do
        : >said
        chmod 666 said
        begun=$(now_ms)
        run -4 --separate-stderr foster "$way" --grace 200ms -- sh -c "$left" sh "${become[@]}"
        within "$begun" 3000
        [ "$(grep -c 'may not signal sh (pid [0-9]*), which is uid 0.s: CAP_KILL is missing' <<<"$stderr")" -eq 1 ]
        fails grep -q told said
    done
}

# ---- services ----

@test "112 services: with CAP_SETUID they are stopped as their own users" {
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
        told 'may not signal web (pid [0-9]*), which is uid 65534.s: CAP_KILL is missing; signals are sent as that user$'
        told .
    done
}

@test "112 services: one that MAINPID has named is stopped, reloaded and killed as its own user" {
    as_weak_root
    configure <<CONF
[a]
command = sh -c 'service new ignore TERM & service x notify "MAINPID=\$!|READY=1" barrier 5000 exit 0; exec service old'
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
    told 'may not signal a (pid [0-9]*), which is uid 65534.s: CAP_KILL is missing; signals are sent as that user$'
    told 'cannot be killed' 0
}

@test "112 services: a group that the service alone cannot be killed in" {
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

@test "112 services: a health check that does not end is killed as its own user" {
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

@test "112 services: all times hold for one that cannot be signalled, and the others are stopped in order" {
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

@test "112 services: without times of their own they have less than an engine's 10 s" {
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

@test "112 services: the command that is restarted has no more than that either" {
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
