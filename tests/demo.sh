#!/bin/bash
# demo.sh - the main job, seen without a container engine: foster as PID 1 of a fresh pid namespace
# over a main service that leaves orphans behind. What you see is what the programs themselves
# print, and the process table in between.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD/build
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# A user who is not root gets the namespace with a user namespace around it.
namespace=(unshare --fork --pid --mount-proc --kill-child)
[ "$(id -u)" = 0 ] ||
    namespace=(unshare --user --map-root-user --fork --pid --mount-proc --kill-child)

step() { printf '\n\033[1m%s\033[0m\n' "$1"; }

# await PATTERN: until the main service has said it
await() {
    for _ in $(seq 100); do
        grep -q "$1" "$log" && return
        sleep 0.1
    done
    echo "no '$1' within 10 s; this is what was said:" >&2
    cat "$log" >&2
    exit 1
}

# The main service: makes orphans, looks at the process table until they are gone, leaves one more
# that takes a moment to clean up, and waits for signals.
main='
    orphans 1000
    until zombies >/dev/null; do :; done
    zombies
    leave 300
    exec signals -x TERM 42
'
export PATH=$root/tests:$PATH

step 'foster -v as PID 1, a main service that makes 1,000 orphans:'
"${namespace[@]}" "$root/foster" -v -- sh -c "$main" >"$log" 2>&1 &
outer=$!
await '^ready'
cat "$log"
init=$(pgrep -P "$outer")

step 'the processes of the namespace, seen from outside:'
ps -o pid,ppid,stat,rss,args --ppid "$outer" --ppid "$init"

step 'USR1 and TERM are passed on; TERM ends main with 42; the last orphan has 300 ms to clean up:'
lines=$(wc -l <"$log")
kill -USR1 "$init"
await '^signal 10'
kill -TERM "$init"
code=0
wait "$outer" || code=$?
tail -n "+$((lines + 1))" "$log"

step "foster exited with $code"
[ "$code" = 42 ]
