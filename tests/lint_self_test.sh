#!/bin/bash
# lint_self_test.sh - checks that the checkers of `make lint` can fail: each gets a copy of the tree
# with one fault, and must report it. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0
failed=0

# copy: makes a new copy of all that the checkers read.
copy() {
    rm -rf "$scratch/tree"
    mkdir "$scratch/tree"
    cp -r src init tests docs docker .ci Makefile README.md "$scratch/tree"
}

# finds DESCRIPTION FAULT TEXT CHECKER...: the shell commands FAULT are run in a copy; the checker
# must then exit with 1 and print TEXT.
finds() {
    local description=$1 fault=$2 text=$3 output status=0
    shift 3
    number=$((number + 1))
    copy
    output=$(cd "$scratch/tree" && eval "$fault" && "$@" 2>&1) || status=$?
    if [ "$status" = 1 ] && grep -qF -- "$text" <<<"$output"; then
        echo "ok $number - $description"
    else
        failed=1
        echo "not ok $number - $description"
        printf '# exit code %s: %s\n' "$status" "${output//$'\n'/$'\n# '}"
    fi
}

some=src/base/text.c
function=no_such''_thing constant=NO_SUCH''_LIMIT # in two parts: comments.py reads this script, too
echo 1..11
finds "a comment that names a function that does not exist" \
    "echo '/* As $function() does. */' >>$some" "there is no $function" tests/comments.py
finds "a comment that names a constant that does not exist" \
    "echo '/* At most $constant. */' >>$some" "there is no $constant" tests/comments.py
finds "a comment that names a file that does not exist" \
    "echo '/* See nowhere.c. */' >>$some" 'there is no nowhere.c' tests/comments.py
finds "a line of C of 101 columns" \
    "printf '%101s\n' x >>$some" "$some:" tests/columns.py
finds "a line of a script of 101 columns" \
    "printf '#%100s\n' x >>tests/need.sh" 'tests/need.sh:' tests/columns.py
finds "a lower room that includes a higher one" \
    "sed -i '1i #include \"supervise/supervisor.h\"' $some" 'is not below it' tests/rooms.py
finds "a table of states in ARCHITECTURE.md that is not that of the code" \
    "sed -i '/made by/,/<!-- end/s/STOPPED/HALTED/' docs/ARCHITECTURE.md" 'run tests/states.py' \
    tests/states.py --check
finds "a title with the number of no statement" \
    "sed -i '0,/(1)\" {/s//(999)\" {/' tests/system/reaping.bats" '999 is no statement' \
    tests/statements.py
finds "a hostile test without a number" \
    "sed -i 's/ (118)\" {/\" {/' tests/hostile/118*.bats" 'does not end with the number' \
    tests/statements.py
finds "a statement without a test" \
    "sed -i '/^134\. /a 999. Given nothing, then nothing.' docs/edge-cases.md" \
    '999 has no test and no reason' tests/statements.py
finds "a promise whose test does not exist" \
    "sed -i '0,/hostile 117/s//hostile 999/' docs/SECURITY.md" 'no test of the number 999' \
    tests/promises.sh docs/SECURITY.md
exit "$failed"
