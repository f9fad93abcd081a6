#!/bin/sh
# promises.sh FILE - checks that each test which a page names exists: "hostile NNN" is a test in
# tests/hostile whose title ends with that number, any other name is a path. Prints those that are
# missing, and exits with 1.
set -eu
cd "$(dirname "$0")/.."
page=$1

numbers() {
    grep -oE 'hostile [0-9]+(, [0-9]+)*' "$page" | grep -oE '[0-9]+' | sort -u |
        while read -r number; do
            grep -qsE "^@test \".*\\(([0-9]+, )*$number(, [0-9]+)*\\)\" \\{" tests/hostile/*.bats ||
                echo "$page: tests/hostile has no test of the number $number"
        done
}

paths() {
    grep -oE 'tests/[a-z0-9_/]+\.[a-z]+' "$page" | sort -u | while read -r path; do
        [ -e "$path" ] || echo "$page: there is no $path"
    done
}

missing=$(numbers && paths)
[ -z "$missing" ] || { echo "$missing" >&2 && exit 1; }
