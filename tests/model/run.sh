#!/bin/bash
# run.sh - does the scheme of src/children hold in every interleaving of its models, and do the
# models find it broken when it is?
#
# Four models, each small enough to be searched completely, which one model of everything is not:
#   scheme   spawn, signal and reap side by side, orphans and recycled pids: I1 to I5
#   start    the two ways to start, vfork and fork: which threads wait for an exec, and what becomes
#            of a signal and of an error
#   tracees  a process that stops because we are its tracer, and threads of which only one can let
#            it go: I2, I6
#   lock     the inside of the lock, which is one step in the other three
# The head of each says what it models and what it leaves out. None has weak memory, the list of
# pidfds, and impossible errors of waitpid and wait4. Those are for the unit tests, their builds
# with sanitizers, and the stress test.
#
# A search that was cut short is a failure. Each mutant must break the assertion that is named here,
# or the model proves nothing. Every line must have been reached, in one of its copies (each thread
# and handler has its own copy of what it calls), or the model does not cover that line.
#
# Prints TAP. Needs spin and gcc. Usage: tests/model/run.sh [directory to build in]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

build=${1:-build/model}
limit=120     # seconds for one search
memory=1800   # MB for one search
depth=1000000 # steps of the longest way
table=24      # the hash table has 2^24 entries

# model, what it proves
models=(
    "scheme I1 to I5 hold in every interleaving of two threads, their handlers and the kernel"
    "start with fork no thread waits for an exec, with vfork no thread sees a child before it"
    "tracees every stopped process is let go, in every interleaving of two threads"
    "lock it excludes, and no thread sleeps for ever, in every interleaving of three threads"
)

# model, mutant, a piece of the assertion that must fail, what that means
mutants=(
    "scheme FORGET_RECHECK life[ a zombie is forgotten"
    "scheme CLEAR_AFTER_WAIT life[ a zombie is forgotten"
    "scheme REGISTER_OUTSIDE registry[ the registry is wrong while the lock is free"
    "scheme FORK_OUTSIDE registry[ the registry is wrong while the lock is free"
    "scheme SIGNAL_REAPED owner[promised[ a pid is signalled that is no longer the child's"
    "scheme HANDLER_WAITS finished a thread waits for ever"
    "scheme FORGET_NOTE life[ a zombie is forgotten"
    "start FORK_HOLDS_LOCK waits a thread waits for an exec that hangs"
    "start VFORK_DOES_NOT_SLEEP way a child is signalled before its exec"
    "start VFORK_REGISTERS_FAILED failed[ a child is registered whose exec has failed"
    "start VFORK_LEAVES_FAILED registry[ the registry is wrong while the lock is free"
    "start FORGET_REPORT misknown a failed exec is not reported"
    "start UNBLOCKS_EARLY lost an inherited handler takes a signal"
    "start SIGNAL_ONLY_STARTED lost a signal is not sent before the exec"
    "tracees STOP_IS_END ended a stop is taken for the end"
    "tracees FORGET_STOP left_stopped a stop is left to a thread that cannot let go"
    "tracees FORGET_TELL left_stopped no thread is told of a stop"
    "tracees FORGET_WAKE_WAITERS left_stopped a thread that awaits a promise sleeps on"
    "tracees UNLOCK_KEEPS left_stopped the unlocking thread does not look for notes"
    "tracees TELL_ONCE left_stopped a thread that found the lock taken is not told again"
    "tracees TRY_ONCE left_stopped the holder has released the lock before need_tell was set"
    "tracees LOOK_TOO_EARLY left_stopped a thread that goes to sleep does not see the note"
    "lock FORGET_WAKE finished a thread sleeps for ever"
    "lock FORGET_SLEEPERS finished a thread sleeps for ever"
    "lock SLEEP_BLINDLY finished a thread sleeps for ever"
)

number=0
failed=0
# result VERDICT DESCRIPTION: one line of TAP
result() {
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2"
}

# search MODEL [MUTANT]: leaves the output of pan in $output. Without partial order reduction, which
# excludes the `provided` by which a handler stops its thread.
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

# said TEXT: true if pan has printed it
said() { grep -qF -- "$1" "$output"; }

# complete: the last search has seen everything and found nothing
complete() {
    said "errors: 0" && ! said "not completed" && ! said "max search depth" && ! said "bound"
}

# unreached MODEL: the lines of threads, handlers and the kernel that no interleaving reached in any
# of their copies; a handler never ends. Its input is the states that were not reached, then all
# states (pan -d).
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
        sed -nE 's/^ *([0-9]+) states, stored.*/# \1 states/p; s/^pan: elapsed time/# in/p' \
            "$output"
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
