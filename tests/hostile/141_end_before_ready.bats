#!/usr/bin/env bats
# A service that ends before it was ready has failed to start, whatever its exit code.

load helpers

@test "an end before readiness is logged, named by its dependents, and is no success (141)" {
    for ready in notify fd:3 tcp:127.0.0.1:1 file:/never; do
        printf '[b]\ncommand = true\nready = %s\n' "$ready" >conf
        printf '[a]\ncommand = echo ran\ndepends_on = b\n' >>conf
        for way in "${HOSTILE_WAYS[@]}"; do
            exits 1 "$way" --control none --config conf
            is ''
            grep -q '^foster: b .*exited with status 0 .*before it was ready$' <<<"$stderr"
            grep -q '^foster: a cannot start: b ended before it was ready$' <<<"$stderr"
        done
    done
}

@test "an essential service that ends before it is ready gives exit code 1, and is counted (141)" {
    printf '[b]\ncommand = true\nready = notify\nessential = yes\n' >conf
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 1 "$way" --control none --config conf
        says b 'before it was ready' essential
    done
    printf '[b]\ncommand = service b exit 0\nready = notify\n' >conf
    printf 'restart = on-failure:2\nrestart_delay = 10ms\n' >>conf
    for way in "${HOSTILE_WAYS[@]}"; do
        exits_with 1 "$way"
        [ "$(count 'b starts')" = 3 ]
    done
}

@test "a service that ends before it is ready with an exit code of its own keeps that code (141)" {
    printf '[b]\ncommand = sh -c "exit 4"\nready = notify\nessential = yes\n' >conf
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 4 "$way" --control none --config conf
        says b 'status 4'
    done
}
