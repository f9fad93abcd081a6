#!/usr/bin/env bats
# Words longer than a small RLIMIT_STACK allows: a line and an exit code, no segmentation fault.

load helpers

# small KB: limits the stack of foster, and so of main.
small() { via=(sh -c 'ulimit -S -s "$1"; shift; exec "$@"' sh "$1"); }

bytes() { head -c "$1" /dev/zero | tr '\0' p; }

@test "an entry of PATH longer than the stack gives a line and an exit code (134)" {
    small 128
    PATH=/$(bytes 100000):$PATH
    for way in as_pid1 as_child; do
        exits 3 "$way" exit 3
        exits 127 "$way" absent-program
        says absent-program 'not found'
        exits 3 "$way" --restart on-failure:1 exit 3
    done
}

@test "a command name longer than the stack gives a line and an exit code (134)" {
    small 128
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 127 "$way" "/$(bytes 100000)"
        says 'too long'
        exits 127 "$way" "$(bytes 100000)"
        says 'not found'
        exits 127 "$way" --restart on-failure:1 "/$(bytes 100000)"
    done
}

@test "with a stack of 32 kB foster still says why a command cannot be run (134)" {
    mkdir folder
    printf '#!/nowhere/sh\n' >script
    for n in 5 4 3 2 1 0; do printf '#!./s%s\n' $((n + 1)) >"s$n"; done
    printf '#!/nowhere/last\n' >s6
    chmod 755 script s? .
    via=(env -i PATH=/usr/bin:/bin bash -c 'ulimit -S -s 32; exec "$@"' sh)
    for way in "${HOSTILE_WAYS[@]}"; do
        exits 127 "$way" nothing-of-that-name
        says 'not found'
        exits 126 "$way" ./folder
        says directory
        exits 126 "$way" ./script
        says /nowhere/sh
        exits 126 "$way" ./s0
        says interpreter
    done
    for name in tini dumb-init catatonit; do
        ln -s "$FOSTER" "$name"
        code=0
        env -i PATH=/usr/bin:/bin bash -c 'ulimit -S -s 32; exec "$@"' sh \
            "$PWD/$name" nothing-of-that-name 2>err || code=$?
        [ "$code" -gt 0 ] && [ "$code" -lt 128 ]
        [ -s err ]
    done
}
