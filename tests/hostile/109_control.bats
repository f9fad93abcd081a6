#!/usr/bin/env bats
# A client sends descriptors to the control socket. Only root and foster's user may connect to it.

load helpers

threads() { threads_of "$init"; }

# evil HOW CONNECTIONS DESCRIPTORS: a service that sends slow descriptors to the control socket.
evil() {
    printf '[evil]\ncommand = slow_close %s %s %s %s %s\n' "$1" "$PWD/sock" "$2" "$3" "$PWD/sent"
}

# other POLICY: a service beside it, with that restart policy.
other() { printf '[other]\ncommand = service other\nrestart = %s\n' "$1"; }

@test "descriptors sent to the control socket delay neither other clients nor the stop (109)" {
    for how in first after; do
        for way in "${HOSTILE_WAYS[@]}"; do
            rm -f sent
            evil "$how" 20 3 >conf
            other always >>conf
            run_foster "$way"
            wait_until test -e sent
            for _ in {1..5}; do
                from=$(now_ms)
                ctl status >/dev/null
                within "$from" 300
            done
            from=$(now_ms)
            ctl restart other
            within "$from" 1000
            [ "$(threads)" -le 6 ]
            from=$(now_ms)
            send TERM
            ends 0
            within "$from" 3000
        done
    done
}

@test "at 100 connections that are slow to close no more are accepted; supervision goes on (109)" {
    { evil after 130 1 && echo 'autostart = no' && other always; } >conf
    run_foster as_pid1
    ctl start evil
    wait_until test -e sent
    pkill -KILL -P "$init" -f 'service other'
    happens 'other starts' 2
    descriptors=$(find "/proc/$init/fd" -mindepth 1 | wc -l)
    between 10 "$descriptors" 160
    from=$(now_ms)
    send TERM
    ends 0
    within "$from" 3000
}

@test "when the slow connections are closed, ctl answers again (109)" {
    { evil after 130 1 && echo 'autostart = no' && other no; } >conf
    run_foster as_pid1
    ctl start evil
    wait_until test -e sent
    pkill -KILL -P "$(pgrep -P "$init" -x slow_close)"
    reaches other running
    wait_until few_descriptors
    [ "$(threads)" -eq 2 ]
}
few_descriptors() { [ "$(find "/proc/$init/fd" -mindepth 1 | wc -l)" -le 12 ]; }
