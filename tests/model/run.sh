#!/bin/bash
# run.sh - does the scheme of src/children hold in every interleaving of its models, and do the models see it broken?
#
# scheme.pml and lock.pml tell what they model and what they leave out. spin searches each one completely; a search
# that was cut short is a failure. Then each mutant must be found guilty of the very assertion named here, or the model
# proves nothing, and every line of the model must have been reached, or it was not about that line.
#
# Prints TAP. Needs spin and gcc. Usage: tests/model/run.sh [directory to build in]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

build=${1:-build/model}
limit=120     # seconds for one search
memory=1800   # MB for one search
depth=1000000 # steps of the longest way
table=24      # the hash table has 2^24 entries

# model, what was asserted when nobody erred
models=(
    "scheme I1 to I5 hold in every interleaving of two threads, their handlers and the kernel"
    "tracees whoever has stopped is let go in every interleaving of the one thread that can and another"
    "lock it excludes and leaves nobody asleep in every interleaving of three threads and their handlers"
)

# model, mutant, a piece of the assertion that must fail, what that means
mutants=(
    "scheme FORGET_RECHECK life[ a zombie is forgotten"
    "scheme CLEAR_AFTER_WAIT life[ a zombie is forgotten"
    "scheme REGISTER_OUTSIDE registry[ the registry is wrong while the lock is free"
    "scheme FORK_OUTSIDE registry[ the registry is wrong while the lock is free"
    "scheme SIGNAL_REAPED owner[promised[ a pid is signalled that is no longer the child's"
    "scheme HANDLER_WAITS finished somebody waits for ever"
    "scheme FORGET_NOTE life[ a zombie is forgotten"
    "tracees STOP_IS_END life[ a stop is taken for the end"
    "tracees FORGET_STOP life[ a stop is left to who cannot let go"
    "tracees FORGET_TELL life[ nobody is told of a stop"
    "tracees FORGET_ROUSE life[ who awaits a promise sleeps on"
    "tracees UNLOCK_KEEPS life[ a note is not looked for"
    "tracees TELL_ONCE life[ who found the lock taken is not told again"
    "tracees LOOK_TOO_EARLY life[ who goes to sleep does not see the note"
    "lock FORGET_WAKE finished somebody sleeps for ever"
    "lock FORGET_SLEEPERS finished somebody sleeps for ever"
    "lock SLEEP_BLINDLY finished somebody sleeps for ever"
)

number=0
failed=0
# result VERDICT DESCRIPTION: one line of TAP
result() {
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2"
}

# search MODEL [MUTANT]: what pan said is left in its output. No partial order reduction: it does not go with the
# `provided` by which a handler stops its thread.
search() {
    local directory=$build/$1${2:+-$2}
    output=$directory/output
    rm -rf "$directory"
    mkdir -p "$directory"
    cp "tests/model/$1.pml" "$directory/"
    (
        cd "$directory" && spin ${2:+"-D$2"} -a "$1.pml" &&
            gcc -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE "-DMEMLIM=$memory" -o pan pan.c &&
            timeout --kill-after=5 "$limit" ./pan "-m$depth" "-w$table"
    ) >"$output" 2>&1
}

# said TEXT: pan said so
said() { grep -qF -- "$1" "$output"; }

# complete: the last search has seen everything and found nothing
complete() { said "errors: 0" && ! said "not completed" && ! said "max search depth" && ! said "bound"; }

# unreached: the lines of threads and handlers that no interleaving came to; a handler never ends
unreached() {
    awk '/^unreached in proctype/ { ours = /thread|handler/ } ours && /, state / && !/-end-/' "$output"
}

# explain TEXT: beneath a line that is not ok
explain() { echo "# ${1//$'\n'/$'\n# '}"; }

echo "1..$((2 * ${#models[@]} + ${#mutants[@]}))"
for line in "${models[@]}"; do
    read -r model meaning <<<"$line"
    if search "$model" && complete; then
        result ok "$model: $meaning"
        sed -nE 's/^ *([0-9]+) states, stored.*/# \1 states/p; s/^pan: elapsed time/# in/p' "$output"
    else
        result "not ok" "$model: $meaning"
        explain "$(tail -n 40 "$output")"
    fi
    if complete && [ -z "$(unreached)" ]; then
        result ok "$model: every line is reached"
    else
        result "not ok" "$model: every line is reached"
        explain "$(unreached)"
    fi
done
for line in "${mutants[@]}"; do
    read -r model mutant assertion meaning <<<"$line"
    search "$model" "$mutant"
    if grep -F "assertion violated" "$output" | grep -qF -- "$assertion"; then
        result ok "$model with $mutant: $meaning, and spin finds it"
    else
        result "not ok" "$model with $mutant: $meaning, and spin finds it"
        explain "$(tail -n 40 "$output")"
    fi
done
exit "$failed"
