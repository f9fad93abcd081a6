#!/usr/bin/env bats
# A signal that comes while foster starts is not lost.

load helpers

# Many rounds, of which some must have met foster before main ran: the case that this is about.
never_lost() {
    run timeout 60 early "$1" 200 "$FOSTER" "${@:2}" -- sleep 60
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output =~ "rounds 200 early "([0-9]+)" lost 0 wrong 0" ]]
    [ "${BASH_REMATCH[1]}" -ge 5 ]
}

@test "33: a signal that comes before main runs reaches main or kills it" {
    never_lost USR1
}

@test "33: also in group mode" {
    never_lost USR1 -g
}

@test "33: also with a session for main" {
    never_lost USR1 --setsid
}

@test "34: TERM that comes while foster starts ends it" {
    never_lost TERM
}

@test "34: TERM that is pending when foster is started ends it" {
    via=(env --block-signal=TERM sh -c 'kill -TERM $$; exec "$@"' sh)
    for way in "${WAYS[@]}"; do
        exits 143 "$way" sleep 60
    done
}
