#!/usr/bin/env bats
# A start leaves nothing in foster's memory that changes the next one.

load helpers

@test "--restart runs a command without a #! line again with the same words (121)" {
    mkdir -m 755 bin
    printf 'echo "$0" "$@"; exit 3\n' >bin/plain
    chmod 755 bin/plain
    chmod 755 .
    via=(env "PATH=$PWD/bin:$PATH")
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 3 "$way" --control none --restart on-failure:2 -- plain a b
        is "$(printf "$PWD/bin/plain a b\n%.0s" 1 2 3)"
    done
}

@test "ctl restart, and a service of the file, run it again with the same words (121)" {
    mkdir -m 755 bin
    printf 'echo "$0" "$@"; exec service plain\n' >bin/plain
    chmod 755 bin/plain
    via=(env "PATH=$PWD/bin:$PATH")
    printf '[file]\ncommand = plain c\n' >conf
    chmod 755 .
    for way in "${HOSTILE_WAYS[@]}"; do
        run_foster "$way" -- plain a b
        for i in 1 2 3; do
            wait_for_line "$out" "^$PWD/bin/plain a b$" "$i"
            wait_for_line "$out" "^$PWD/bin/plain c$" "$i"
            [ "$i" = 3 ] || ctl restart main file
        done
        [ "$(wc -l <"$out")" = 6 ]
        send TERM
        wait "$job" || true
    done
}
