#!/bin/sh
# binary.sh FILE BYTES - what must be true of the shipped binary: it runs FROM scratch (no loader is named), no memory is
# both writable and executable, and it is within its size budget. Says what is not.
set -eu
file=$1 budget=$2

fail() {
    echo "$file: $1" >&2
    exit 1
}
headers=$(readelf -lW "$file")
case $headers in *INTERP*) fail "names an ELF loader, so it is not static" ;; esac
case $headers in *RWE*) fail "has memory that is both writable and executable" ;; esac
size=$(stat -c %s "$file")
[ "$size" -le "$budget" ] || fail "is $size bytes, over the budget of $budget"
