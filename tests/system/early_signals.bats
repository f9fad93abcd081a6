#!/usr/bin/env bats
# A signal that comes while foster starts is not lost.

load helpers

# In some of the many rounds the signal must come before main runs: that is what is tested.
never_lost() {
    run timeout 60 early "$1" 200 "$FOSTER" "${@:2}" -- sleep 60
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output =~ "rounds 200 early "([0-9]+)" lost 0 wrong 0" ]]
    [ "${BASH_REMATCH[1]}" -ge 5 ]
}

@test "a signal that comes before main runs reaches main or kills it (33)" {
    never_lost USR1
}

@test "a signal that comes before main runs reaches main also with -g (33)" {
    never_lost USR1 -g
}

@test "a signal that comes before main runs reaches main also with --setsid (33)" {
    never_lost USR1 --setsid
}

@test "TERM that comes while foster starts ends it (34)" {
    never_lost TERM
}

@test "TERM that is pending when foster is started ends it (34)" {
    via=(env --block-signal=TERM sh -c 'kill -TERM $$; exec "$@"' sh)
    for way in "${WAYS[@]}"; do
        exits 143 "$way" sleep 60
    done
}
