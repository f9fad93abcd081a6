#!/usr/bin/env bats
# A child that has made foster its tracer stops at each signal and exec. No such stop is taken for
# its end.

load helpers

MODES=(raise again exec child thread)
STAND_INS=(tini dumb-init catatonit)

@test "main that traces itself with PTRACE_TRACEME runs to its end (106)" {
    local way mode
    for way in "${HOSTILE_WAYS[@]}"; do
        for mode in "${MODES[@]}"; do
            exits 42 "$way" -s -- traceme "$mode"
        done
    done
}

@test "main that traces itself runs to its end under tini, dumb-init and catatonit, too (106)" {
    local name way mode
    for name in "${STAND_INS[@]}"; do
        ln -s "$FOSTER" "$name"
        for way in as_pid1 as_child; do
            for mode in "${MODES[@]}"; do
                FOSTER=$PWD/$name exits 42 "$way" traceme "$mode"
            done
        done
    done
}

@test "a signal to main that traces itself arrives (106)" {
    local way
    for way in "${HOSTILE_WAYS[@]}"; do
        start "$way" -- traceme wait 3>&-
        wait_for_line "$out" '^ready'
        send TERM
        ends 42
    done
}

@test "a ptrace stop of main is no job control: nothing is continued or suspended for it (106)" {
    start as_pid1 -vvv -- traceme wait 3>&-
    wait_for_line "$out" '^ready'
    send TERM
    ends 42
    [ "$(grep -ci 'sigcont' "$err")" -eq 0 ] || { cat "$err" && return 1; }
}

@test "an orphan that traces itself goes on, and -w logs it once, at its end (106)" {
    local way
    for way in "${HOSTILE_WAYS[@]}"; do
        rm -f end && touch end && chmod 666 end
        # main outlives the orphan, which else might get the SIGTERM of the end
        exits 9 "$way" -s -w -- sh -c 'traceme orphan 3 end
            until [ -s end ] && ! pgrep -x traceme >/dev/null; do :; done; exit 9'
        [ "$(cat end)" = 0 ]
        [ "$(grep -c 'exited with status 3' <<<"$stderr")" -eq 1 ] ||
            { echo "$stderr" && return 1; }
        [ "$(grep -c 'orphan' <<<"$stderr")" -eq 1 ] || { echo "$stderr" && return 1; }
    done
}

@test "pause lets an adopted process that traces itself go on (106)" {
    touch end
    start as_pid1 --pause 3>&-
    run -42 nsenter -t "$init" -p -m timeout "$LIMIT" traceme orphan 0 "$PWD/end"
    wait_for_line end '^0$'
    send TERM
    ends 0
}

@test "a service that traces itself runs to its end (106)" {
    local way mode
    for way in "${HOSTILE_WAYS[@]}"; do
        for mode in "${MODES[@]}"; do
            configure <<EOT
[a]
command = traceme $mode
essential = yes
EOT
            exits_with 42 "$way"
        done
    done
}

@test "a command beside services, and an orphan, that trace themselves run to their end (106)" {
    local way
    for way in "${HOSTILE_WAYS[@]}"; do
        rm -f end && touch end && chmod 666 end
        configure <<EOT
[a]
command = sleep 60
[b]
command = sh -c 'traceme orphan 0 $PWD/end; until [ -s $PWD/end ]; do :; done; exec sleep 60'
EOT
        # shellcheck disable=SC2016
        exits_with 42 "$way" -s -- sh -c 'until [ -s end ]; do :; done; exec traceme exec'
        [ "$(cat end)" = 0 ]
    done
}

@test "a service that traces itself is stopped in time (106)" {
    local way
    for way in "${HOSTILE_WAYS[@]}"; do
        configure <<<'
[a]
command = traceme wait 0
essential = yes
ready = exec:true
stop_grace_period = 20s'
        run_foster "$way"
        reaches a ready
        wait_for_line "$out" '^ready'
        local asked
        asked=$(now_ms)
        send TERM
        ends 0
        within "$asked" 10000
    done
}

@test "a probe and a stop command that trace themselves give their own exit codes (106)" {
    local way
    for way in "${HOSTILE_WAYS[@]}"; do
        configure <<<'
[a]
command = sleep 60
ready = exec:traceme raise 0
healthcheck = traceme exec 0
healthcheck_interval = 50ms
stop_command = traceme child 0
[b]
command = sleep 60
ready = exec:traceme raise 7
ready_timeout = 60s'
        run_foster "$way"
        reaches a ready
        [ "$(state b)" = starting ] # the probe has failed, with 7: nothing else makes it ready
        wait_until eval '[ "$(field a health)" = healthy ]' || { ctl status --json && return 1; }
        ctl stop a
        [ "$(state a)" = stopped ]
        send TERM
        ends 0
        silent
    done
}

@test "300 services that trace themselves, watched by pidfds, run to their end (106)" {
    local i way
    for way in as_pid1 as_child; do
        : >conf
        for ((i = 0; i < 300; i++)); do
            printf '[s%d]\ntype = oneshot\ncommand = traceme again 0\n' "$i"
        done >conf
        exits_with 0 "$way"
        says_nothing
    done
}

@test "services that trace themselves late, when all others are idle, run to their end (106)" {
    local i
    for ((i = 0; i < 250; i++)); do
        printf '[rests%d]\ncommand = sleep 60\n' "$i"
    done >conf
    printf '[late]\ncommand = sh -c "sleep 1; exec traceme again"\nessential = yes\n' >>conf
    exits_with 42 as_pid1
}
