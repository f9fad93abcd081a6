#!/usr/bin/env bats
# rt_sigtimedwait or wait4 fails, once or always. One line says so, foster does not spin, and no
# signal and no wait status is lost.

load helpers

EPERM=1 ENOSYS=38

# A main that needs none of the calls that fail, because its calls fail, too.
listening='trap "echo hup" HUP; trap "exit 5" TERM; echo ready
    while :; do read -t 0.05 line <>pipe; done'

# start_listening WAY [OPTION...]: starts foster with it.
start_listening() {
    [ -p pipe ] || mkfifo -m 666 pipe
    chmod 755 .
    start "$@" bash -c "$listening" 3>&-
    wait_for_line "$out" '^ready'
}

ticks() { awk '{ print $14 + $15 }' "/proc/$init/stat"; }

# idles: checks that foster runs for less than a tenth of a second.
idles() {
    local before
    before=$(ticks)
    sleep 1
    between 0 $(($(ticks) - before)) $(($(getconf CLK_TCK) / 10))
}

said_once() { [ "$(wc -l <"$err")" -eq 1 ] && told 'rt_sigtimedwait fails'; }

@test "when sigtimedwait fails, main gets its signals, and its exit code is foster's (114)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        for error in "$EPERM" "$ENOSYS"; do
            via=(refuse "$error" rt_sigtimedwait)
            start_listening "$way"
            send HUP
            wait_for_line "$out" '^hup'
            send HUP
            wait_for_line "$out" '^hup' 2
            idles
            send TERM
            ends 5
            said_once
        done
    done
}

@test "when no call can wait, foster looks again after a while, and TERM still stops main (114)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        via=(refuse "$ENOSYS" "rt_sigtimedwait,signalfd4")
        start_listening "$way" -w
        idles
        send TERM
        ends 5
        said_once
        exits 3 "$way" -w sh -c 'orphans 1 >/dev/null; exit 3'
        [ "$(grep -c 'reaped orphan' <<<"$stderr")" -eq 1 ]
    done
}

@test "tini, dumb-init, catatonit and pause work when sigtimedwait fails (114)" {
    for calls in rt_sigtimedwait rt_sigtimedwait,signalfd4; do
        via=(refuse "$EPERM" "$calls")
        for name in tini dumb-init catatonit; do
            ln -sf "$FOSTER" "$name"
            (FOSTER=$PWD/$name && start_listening as_pid1 && send TERM && ends 5)
        done
        for way in "${HOSTILE_WAYS[@]}"; do
            start "$way" -P 3>&-
            wait_until told 'rt_sigtimedwait fails'
            idles
            send TERM
            ends 0
        done
    done
}

@test "services run and stop when sigtimedwait fails (114)" {
    configure <<<'
[crashes]
command = sh -c "echo crash >>journal; exit 1"
restart = always
restart_delay = 50ms..50ms'
    for calls in rt_sigtimedwait rt_sigtimedwait,signalfd4; do
        via=(refuse "$EPERM" "$calls")
        for way in "${SERVICE_WAYS[@]}"; do
            [ -p pipe ] || mkfifo -m 666 pipe
            run_foster "$way" -- bash -c "$listening"
            wait_for_line "$out" '^ready'
            wait_for_line journal crash 4
            send HUP
            wait_for_line "$out" '^hup'
            send TERM
            ends 5
            told 'rt_sigtimedwait fails'
        done
    done
}

@test "when wait4 is refused, exit codes are still known, and orphans are reaped (114)" {
    configure <<<'
[first]
command = exit 3
type = oneshot
[second]
command = exit 7
essential = yes
depends_on = first:started'
    for way in "${HOSTILE_WAYS[@]}"; do
        for error in "$EPERM" "$ENOSYS"; do
            via=(refuse "$error" wait4)
            exits 5 "$way" exit 5
            exits 143 "$way" exit -s TERM
            exits 0 "$way" setsid -f exit 0
            exits 5 "$way" --restart on-failure:1 exit 5
            exits_with 7 "$way"
        done
    done
}

@test "when wait4 fails once, with any error, main's exit code is foster's (114)" {
    for error in ECHILD EINVAL ENOSYS EPERM EINTR; do
        for turn in 1 2; do
            via=(strace -qq -o /dev/null -e trace=wait4 -e "inject=wait4:error=$error:when=$turn")
            exits 5 as_child exit 5
            exits 5 as_child sh -c 'orphans 2 >/dev/null; exit 5'
            exits 5 as_child --restart on-failure:1 exit 5
        done
    done
}
