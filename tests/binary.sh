#!/bin/sh
# binary.sh FILE BYTES [hardened] - what must be true of the shipped binary: it runs FROM scratch
# (no loader is named), no memory is both writable and executable, the stack is not executable, and
# it is within its size budget. Of the hardened one besides: it has no fixed address, and its
# relocated tables are read-only. Says what is not.
set -eu
file=$1 budget=$2 kind=${3-}

fail() {
    echo "$file: $1" >&2
    exit 1
}
headers=$(readelf -lW "$file")
case $headers in *INTERP*) fail "names an ELF loader, so it is not static" ;; esac
case $headers in *RWE*) fail "has memory that is both writable and executable" ;; esac
case $headers in *GNU_STACK*) ;; *) fail "does not say that its stack is not executable" ;; esac
size=$(stat -c %s "$file")
[ "$size" -le "$budget" ] || fail "is $size bytes, over the budget of $budget"
[ "$kind" = hardened ] || exit 0
case $headers in *"type is DYN"*) ;; *) fail "has a fixed address" ;; esac
case $headers in *GNU_RELRO*) ;; *) fail "has relocated tables that stay writable" ;; esac
