#!/bin/bash
# run.sh - does the scheme of src/children hold in every interleaving of its models, and do the models see it broken?
#
# Four models, each small enough to be searched completely, as one of everything would not be:
#   scheme   spawn, signal and reap beside each other, orphans and recycled pids: I1 to I5
#   start    the two ways to start, vfork and fork: who waits for an exec, what becomes of a signal and of an error
#   tracees  a process that stops because we are its tracer, and threads of which one alone can let it go: I2, I6
#   lock     the inside of the lock, which is one step in the other three
# Each one's head tells what it models and what it leaves out. In none of them: weak memory, the list of pidfds, and
# what waitpid and wait4 say that cannot be; those are for the unit tests, their builds with sanitizers, and the stress.
#
# A search that was cut short is a failure. Each mutant must be found guilty of the very assertion named here, or the
# model proves nothing; and every line must have been reached, in one of its copies (each thread and handler has its
# own of what it calls), or the model was not about that line.
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
    "start with fork nobody waits for an exec, with vfork nobody meets a child before it, in every interleaving"
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
    "start FORK_HOLDS_LOCK waits somebody waits for an exec that hangs"
    "start VFORK_DOES_NOT_SLEEP way a child is signalled before its exec"
    "start VFORK_REGISTERS_FAILED failed[ somebody is registered whose exec has failed"
    "start VFORK_LEAVES_FAILED registry[ the registry is wrong while the lock is free"
    "start FORGET_REPORT misknown nobody hears that an exec has failed"
    "start UNBLOCKS_EARLY lost a signal is taken by what the child has inherited"
    "start SIGNAL_ONLY_STARTED lost a signal is not sent before the exec"
    "tracees STOP_IS_END ended a stop is taken for the end"
    "tracees FORGET_STOP left_stopped a stop is left to who cannot let go"
    "tracees FORGET_TELL left_stopped nobody is told of a stop"
    "tracees FORGET_ROUSE left_stopped who awaits a promise sleeps on"
    "tracees UNLOCK_KEEPS left_stopped a note is not looked for"
    "tracees TELL_ONCE left_stopped who found the lock taken is not told again"
    "tracees TRY_ONCE left_stopped who let go of the lock meanwhile has not seen that somebody is to be told again"
    "tracees LOOK_TOO_EARLY left_stopped who goes to sleep does not see the note"
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

# unreached MODEL: the lines of threads, handlers and the kernel that no interleaving came to in any of their copies;
# a handler never ends. First come the states that were not reached, then all that there are (pan -d).
unreached() {
    { cat "$output"; "$build/$1/pan" -d; } | awk '
        /^unreached in proctype|^proctype/ { process = $NF }
        process !~ /thread|handler|kernel/ || /-end-/ { next }
        /^\t.*, state [0-9]+, / { sub(/.*, state /, ""); sub(/,.*/, ""); missed[process, $0] = 1 }
        /^\tstate .* => / {
            state = $2
            sub(/.*\] \[.....\] /, "")
            all[$0] = 1
            if (!((process, state) in missed))
                reached[$0] = 1
        }
        END { for (line in all) if (!(line in reached)) print line }'
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
    missed=$(unreached "$model")
    if complete && [ -z "$missed" ]; then
        result ok "$model: every line is reached"
    else
        result "not ok" "$model: every line is reached"
        explain "$missed"
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
