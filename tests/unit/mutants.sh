#!/bin/bash
# mutants.sh - do the tests of the heart notice when the heart is broken, and do its assertions?
#
# Applies each of mutants/*.patch to a copy of src/children, builds a test program with it and
# expects that program to fail; a hang counts, bounded by a time limit. A mutant for a test is built
# with NDEBUG, as foster is shipped, so that no assertion catches it first. A mutant for an
# assertion is built without, and must be caught by the invariant that it breaks. A patch that no
# longer applies, or does not compile, is a failure here: then the mutant must be written again. The
# heart as it is must pass under the same settings, or "caught" means nothing.
#
# Prints TAP. Usage: tests/unit/mutants.sh [directory to build in] [mutant...]
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${1:-build/mutants}
limit=60 # seconds for one run; those that do not hang need a few, and more on a busy machine
export STRESS_CHILDREN=500 STRESS_PATIENCE=4

# Mutant, the program that must catch it, and by what: a test, or the assertion of an invariant. The
# stress test needs luck; the others do not.
mutants=(
    unlock-forgets stress_children test
    fork-outside-the-lock stress_children test
    register-outside-the-lock stress_children test
    handler-waits stress_children test
    clear-after-waitpid test_children test
    signal-the-reaped test_children test
    stop-is-an-end test_children test
    stop-is-forgotten test_children test
    stop-is-told-to-nobody test_children test
    stop-is-told-once test_children test
    unlock-keeps-the-stopped test_children test
    awaiting-thread-sleeps-on test_children test
    stop-loses-its-signal test_children test
    exec-gets-its-trap test_children test
    void-is-pending test_children test
    group-of-anybody test_children test
    pidfds-misses-orphans test_pidfds test
    pidfds-misses-siblings test_pidfds test
    pidfds-outlives-a-refusal test_pidfds test
    pidfds-is-asked-on test_pidfds test
    pidfds-misses-the-noted test_pidfds test
    pidfds-of-another-thread test_pidfds test
    pidfds-mistake-a-later-child test_pidfds test
    pidfds-closed-twice test_pidfds test
    signal-without-the-lock test_children I1
    adopt-without-the-lock test_children I1
    list-without-the-lock test_pidfds I1
    adopt-registers-twice test_children I2
    resolved-stays-registered test_children I2
    taken-stays-pending test_children I2
    promise-is-made-void test_children I2
    resolve-outside-the-lock test_children I2
    signal-the-reaped test_children I3
    clear-after-waitpid test_children I4
    handler-waits test_children I5
    handler-signals test_children I5
    let-go-without-the-lock test_children I6
)
declare -A wrapped=(
    [stress_children]="lock_try,--wrap=pidfds_reap" [test_children]=syscall [test_pidfds]=syscall)
read -ra check_flags <<<"$(pkg-config --cflags --libs check)"

# compile DIRECTORY PROGRAM CATCHER: with the heart in DIRECTORY
compile() {
    local flags=("${check_flags[@]}")
    [ "$3" != test ] || flags+=(-DNDEBUG)
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O1 -g -I"$1/src/children" -Wl,--wrap="${wrapped[$2]}" \
        "tests/unit/$2.c" "$1"/src/children/*.c -o "$1/$2" "${flags[@]}"
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

# caught DIRECTORY PROGRAM CATCHER: the program must report failed tests (1) or hang (124, 137);
# anything else is no verdict
caught() {
    local status=0
    run "$1" "$2" || status=$?
    case $status in
        1 | 124 | 137) ;;
        *) return 1 ;;
    esac
    [ "$3" = test ] || grep -q "^foster: invariant $3 is broken: " "$1/output"
}

try_mutant() {
    local directory=$build/$1.$3 patch=tests/unit/mutants/$1.patch
    local description="mutant $1 is caught by $2"
    [ "$3" = test ] || description+=", by the assertion of $3"
    prepare "$directory"
    if ! patch -s -p1 --fuzz=0 -d "$directory" <"$patch"; then
        result "not ok" "mutant $1 no longer applies"
    elif ! compile "$directory" "$2" "$3"; then
        result "not ok" "mutant $1 does not compile"
    elif caught "$directory" "$2" "$3"; then
        result ok "$description"
    else
        result "not ok" "$description"
    fi
}

# try_original PROGRAM CATCHER
try_original() {
    local directory=$build/original.$2
    prepare "$directory"
    if compile "$directory" "$1" "$2" && run "$directory" "$1"; then
        result ok "the heart itself passes $1 with the same settings ($2)"
    else
        result "not ok" "the heart itself passes $1 with the same settings ($2)"
        sed 's/^/# /' "$directory/output"
    fi
}

# wanted MUTANT NAME...: true if MUTANT is among the names, or there are none
wanted() {
    local mutant=$1 name
    shift
    for name; do
        [ "$name" != "$mutant" ] || return 0
    done
    [ $# -eq 0 ]
}

names=("${@:2}")
chosen=()
for ((i = 0; i < ${#mutants[@]}; i += 3)); do
    ! wanted "${mutants[i]}" "${names[@]}" || chosen+=("${mutants[@]:i:3}")
done

echo "1..$((${#chosen[@]} / 3 + 2 * ${#wrapped[@]}))"
for program in "${!wrapped[@]}"; do
    try_original "$program" test
    try_original "$program" I1
done
for ((i = 0; i < ${#chosen[@]}; i += 3)); do
    try_mutant "${chosen[@]:i:3}"
done
exit $failed
