#!/bin/bash
# run.sh - do the readers of what others write survive any bytes? libFuzzer with the address and
# undefined-behaviour sanitizers, from a small corpus on, for a bounded number of inputs.
#
# Prints TAP, and a last line that sums it up. What made it fail stays in the directory, to be run
# again: build/fuzz/fuzz_config build/fuzz/crash-... Needs clang and libclang-rt-14-dev. Usage:
# tests/fuzz/run.sh [inputs]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

build=build/fuzz
inputs=${1:-200000}
round=20000 # inputs of one process: the arena never gives back
limit=300   # seconds for one round
memory=1800 # MB for one round
length=2048 # of an input

sources=(src/base/{address,clock,directory,duration,hash_table,log,nearest,proc_path,text,utf8}.c
    src/process/{environment,signals,user}.c src/config/*.c)
flags=(-std=c11 -D_GNU_SOURCE -Isrc -g -O1 "-fsanitize=fuzzer,address,undefined"
    -fno-sanitize-recover=all)

passed=0
failed=0
# result VERDICT DESCRIPTION: one line of TAP
result() {
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "$1 - $2"
}

# fuzz SEED: one round; what it finds new is where the next one starts
fuzz() {
    ASAN_OPTIONS=detect_leaks=0 timeout --kill-after=5 "$limit" "$build/fuzz_config" \
        -runs="$round" -seed="$1" -max_len="$length" -rss_limit_mb="$memory" -timeout=10 \
        -close_fd_mask=1 -dict=tests/fuzz/config.dict -artifact_prefix="$build/" \
        "$build/corpus" tests/fuzz/corpus/config >"$build/output" 2>&1
}

rm -rf "$build"
mkdir -p "$build/corpus"
if clang "${flags[@]}" -o "$build/fuzz_config" tests/fuzz/fuzz_config.c "${sources[@]}"; then
    for ((seed = 1; seed <= (inputs + round - 1) / round; seed++)); do
        if fuzz "$seed"; then
            result ok "config: $round inputs, seed $seed"
        else
            result "not ok" "config: $round inputs, seed $seed"
            tail -n 40 "$build/output" | sed 's/^/# /'
        fi
    done
else
    result "not ok" "config: it compiles"
fi
echo "# $passed passed, $failed failed"
[ "$failed" = 0 ]
