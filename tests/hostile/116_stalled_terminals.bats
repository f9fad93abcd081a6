#!/usr/bin/env bats
# A terminal that is not read, with room for less than a line: foster does not wait for it, however
# long the line is.

load helpers

# The terminal is foster's own (via), or one that foster as another user cannot open (around).
rooms=(1 200 300 1200 2500)

# path LENGTH: prints a path of that length to the program `exit`.
path() { printf '/%.0s' $(seq "$1") && echo "$BIN/exit"; }

@test "a terminal that is not read delays no end, however long the line (116)" {
    chmod 755 "$BATS_TEST_TMPDIR"
    for length in 1 500 2000 3900; do
        for room in "${rooms[@]}"; do
            via=(stalled "$room")
            exits 4 as_pid1 -vv "$(path "$length")" 4
            exits 4 as_child -vv "$(path "$length")" 4
        done
    done
}

@test "a terminal that is not read delays no end when foster is another user (116)" {
    for room in "${rooms[@]}"; do
        via=(stalled "$room")
        exits 4 as_pid1_user -vv "$(path 2000)" 4
        exits 4 as_child_user -vv "$(path 2000)" 4
        via=() around=(stalled "$room")
        exits 4 as_pid1_user -vv "$(path 2000)" 4
        exits 4 as_child_user -vv "$(path 2000)" 4
        around=()
    done
}

@test "a terminal that is not read delays no service when a start fails with a long line (116)" {
    configure <<<'
[gone]
command = absent-program'
    for room in "${rooms[@]}"; do
        via=(env "PATH=$BIN:$(path 1500)" stalled "$room")
        for way in "${HOSTILE_WAYS[@]}"; do
            exits 4 "$way" -vv --restart on-failure:1 "$(path 2000)" 4
            exits_with 4 "$way" -vv -- "$BIN/exit" 4
        done
    done
}

@test "a terminal that is not read delays no other name, nor a command that cannot be run (116)" {
    for name in tini dumb-init catatonit; do
        ln -s "$FOSTER" "$name"
    done
    export DUMB_INIT_DEBUG=1 CATATONIT_DEBUG=1
    for room in "${rooms[@]}"; do
        via=(stalled "$room")
        for name in tini dumb-init catatonit; do
            (FOSTER=$PWD/$name && exits 4 as_pid1 -- "$(path 2000)" 4)
        done
        exits 127 as_pid1 "$(path 2000)x"
        (FOSTER=$PWD/tini && exits 4 as_pid1 -vvv "$(path 2000)" 4)
    done
}

@test "the flags of a shared terminal stay as they are (116)" {
    via=(stalled 200 sh -c 'a=$(grep flags /proc/self/fdinfo/2); "$@"
        [ "$a" = "$(grep flags /proc/self/fdinfo/2)" ]' sh)
    exits 0 as_pid1 -vv "$(path 2000)" 4
}
