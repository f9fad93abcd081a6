#!/usr/bin/env bats
# Who forks and exits faster than /proc can be walked outlives nobody: the dead are reaped while the living are told.

load helpers

@test "111 those that fork and exit for ever are killed when the grace is over" {
    local way
    prepare_folder
    for way in as_child_user; do
        SECONDS=0
        exits 4 "$way" --grace 500ms -- bash -c 'ulimit -u 8000; exec hopper 40'
        says 'killing what has not ended within 0.50 s'
        [ "$SECONDS" -le 6 ]
    done
}
