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

sources=(src/base/{address,clock,directory,duration,hash_table,http,log,nearest,proc_path}.c
    src/base/{text,utf8}.c src/process/{environment,path,signals,user}.c src/config/*.c)
flags=(-std=c11 -D_GNU_SOURCE -Isrc -g -O1 "-fsanitize=fuzzer,address,undefined"
    -fno-sanitize-recover=all)

passed=0
failed=0
# result VERDICT DESCRIPTION: one line of TAP
result() {
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "$1 - $2"
}

# fuzz TARGET SEED: one round; what it finds new is where the next one starts
fuzz() {
    local corpus=("$build/corpus/$1") arguments=()
    [ ! -d "tests/fuzz/corpus/$1" ] || corpus+=("tests/fuzz/corpus/$1")
    [ ! -f "tests/fuzz/$1.dict" ] || arguments+=("-dict=tests/fuzz/$1.dict")
    mkdir -p "${corpus[0]}"
    ASAN_OPTIONS=detect_leaks=0 timeout --kill-after=5 "$limit" "$build/fuzz_$1" \
        -runs="$round" -seed="$2" -max_len="$length" -rss_limit_mb="$memory" -timeout=10 \
        -close_fd_mask=1 -artifact_prefix="$build/" "${arguments[@]}" "${corpus[@]}" \
        >"$build/output" 2>&1
}

# rounds TARGET COUNT SOURCE...: builds a target from its sources, and runs it.
rounds() {
    local target=$1 count=$2 seed
    shift 2
    if ! clang "${flags[@]}" -o "$build/fuzz_$target" "tests/fuzz/fuzz_$target.c" "$@"; then
        result "not ok" "$target: it compiles"
        return
    fi
    for ((seed = 1; seed <= count; seed++)); do
        if fuzz "$target" "$seed"; then
            result ok "$target: $round inputs, seed $seed"
        else
            result "not ok" "$target: $round inputs, seed $seed"
            tail -n 40 "$build/output" | sed 's/^/# /'
        fi
    done
}

rm -rf "$build"
mkdir -p "$build"
rounds config $(((inputs + round - 1) / round)) "${sources[@]}"
rounds expand 1 src/config/expand.c
rounds argv_split 1 src/config/{argv_split,expand}.c
rounds env_file 1 src/config/env_file.c
echo "# $passed passed, $failed failed"
[ "$failed" = 0 ]
