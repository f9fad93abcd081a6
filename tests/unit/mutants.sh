#!/bin/bash
# mutants.sh - do the tests of the heart notice when the heart is broken?
#
# Applies each of mutants/*.patch to a copy of src/children, builds a test program with it and expects that program to
# fail; a hang counts, bounded by a time limit. A patch that no longer applies, or does not compile, is a failure here:
# then the mutant must be written anew. The heart as it is must pass under the same settings, or "caught" means nothing.
#
# Prints TAP. Usage: tests/unit/mutants.sh [directory to build in]
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${1:-build/mutants}
limit=60 # seconds for one run; those that do not hang need a few, and more on a busy machine
export STRESS_CHILDREN=500 STRESS_PATIENCE=4

# mutant, the program that must catch it. The stress test needs luck for the last ones; test_children does not.
mutants=(
    unlock-forgets stress_children
    fork-outside-the-lock stress_children
    register-outside-the-lock stress_children
    handler-waits stress_children
    clear-after-waitpid test_children
    signal-the-reaped test_children
    stop-is-an-end test_children
    stop-is-forgotten test_children
    stop-is-told-to-nobody test_children
    stop-is-told-once test_children
    unlock-keeps-the-stopped test_children
    awaiting-thread-sleeps-on test_children
    stop-loses-its-signal test_children
    exec-gets-its-trap test_children
    void-is-pending test_children
    group-of-anybody test_children
    pidfds-misses-orphans test_pidfds
    pidfds-misses-brothers test_pidfds
    pidfds-outlives-a-refusal test_pidfds
    pidfds-is-asked-on test_pidfds
    pidfds-misses-the-noted test_pidfds
    pidfds-of-another-thread test_pidfds
    pidfds-mistake-a-heir test_pidfds
    pidfds-closed-twice test_pidfds
)
declare -A wrapped=([stress_children]="lock_try,--wrap=pidfds_reap" [test_children]=syscall [test_pidfds]=syscall)
read -ra check_flags <<<"$(pkg-config --cflags --libs check)"

# compile DIRECTORY PROGRAM: with the heart in DIRECTORY
compile() {
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O1 -g -I"$1/src/children" -Wl,--wrap="${wrapped[$2]}" \
        "tests/unit/$2.c" "$1"/src/children/*.c -o "$1/$2" "${check_flags[@]}"
}

# prepare DIRECTORY: puts a copy of the heart there
prepare() {
    rm -rf "$1"
    mkdir -p "$1/src"
    cp -r src/children "$1/src/"
}

# run DIRECTORY PROGRAM
run() {
    timeout --kill-after=5 "$limit" "$1/$2" >"$1/output" 2>&1
}

number=0
failed=0
# result VERDICT DESCRIPTION: one line of TAP
result() {
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2"
}

# caught DIRECTORY PROGRAM: the program must report failed tests (1) or hang (124, 137); anything else is no verdict
caught() {
    local status=0
    run "$1" "$2" || status=$?
    case $status in
        1 | 124 | 137) ;;
        *) return 1 ;;
    esac
}

try_mutant() {
    local directory=$build/$1 patch=tests/unit/mutants/$1.patch
    prepare "$directory"
    if ! patch -s -p1 --fuzz=0 -d "$directory" <"$patch"; then
        result "not ok" "mutant $1 no longer applies"
    elif ! compile "$directory" "$2"; then
        result "not ok" "mutant $1 does not compile"
    elif caught "$directory" "$2"; then
        result ok "mutant $1 is caught by $2"
    else
        result "not ok" "mutant $1 is caught by $2"
    fi
}

try_original() {
    prepare "$build/original"
    if compile "$build/original" "$1" && run "$build/original" "$1"; then
        result ok "the heart itself passes $1 with the same settings"
    else
        result "not ok" "the heart itself passes $1 with the same settings"
        sed 's/^/# /' "$build/original/output"
    fi
}

echo "1..$((${#mutants[@]} / 2 + ${#wrapped[@]}))"
for program in "${!wrapped[@]}"; do
    try_original "$program"
done
for ((i = 0; i < ${#mutants[@]}; i += 2)); do
    try_mutant "${mutants[i]}" "${mutants[i + 1]}"
done
exit $failed
