#!/usr/bin/env bash
# The benchmark of the one-program mode: foster beside the inits that are installed and three floors
# of our own.
#
#     run.sh [FOSTER]      FOSTER is build/foster unless given; everything is put in build/bench
#
# Builds the harness, measures, and leaves samples.tsv, results.json and bench.svg; the table goes
# to standard output. A slow figure is no failure: the exit status is 0 unless something could not
# be measured.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
foster=$(realpath "${1:-$root/build/foster}")
out=$root/build/bench
limit=240 # seconds for the harness; it needs about 60, more on a busy machine

warnings=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes)
libc_free=(-Os -static -nostdlib -ffreestanding -fno-stack-protector -s
    "-Wl,-z,noseparate-code,--build-id=none")
peers=(tini tini-static dumb-init catatonit)

die() {
    printf 'bench: %s\n' "$1" >&2
    exit 1
}

build() {
    local name
    for name in floor_start main_stamp main_answer main_orphans; do
        gcc "${warnings[@]}" "${libc_free[@]}" "$here/$name.c" -o "$out/$name"
    done
    gcc "${warnings[@]}" "${libc_free[@]}" -DIGNORES_NOTHING "$here/floor_start.c" \
        -o "$out/floor_signals"
    musl-gcc "${warnings[@]}" -Os -static -s "$here/floor_loop.c" -o "$out/floor_loop"
    musl-gcc "${warnings[@]}" -Os -static "$here"/{measure,launch,calls,crowd,proc}.c \
        -o "$out/measure"
}

# NAME=PATH of everything that takes part, one a line.
contestants() {
    local name path
    printf 'foster=%s\n' "$foster"
    for name in "${peers[@]}"; do
        if path=$(command -v "$name"); then
            printf '%s=%s\n' "$name" "$path"
        else
            printf 'bench: %s is not installed and is left out\n' "$name" >&2
        fi
    done
    for name in floor_start floor_signals floor_loop; do
        printf '%s=%s\n' "$name" "$out/$name"
    done
}

libraries() {
    ldd "$1" 2>/dev/null | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' || true
}

bytes() {
    printf '%s\0' "$@" | xargs -0 stat -Lc %s | awk '{ sum += $1 } END { print sum }'
}

# The samples that a file shows without being run.
file_samples() {
    local name=$1 path=$2 needed
    mapfile -t needed < <(libraries "$path")
    printf '%s\t%s\t%s\n' \
        size "$name" "$(bytes "$path")" \
        size_with_libraries "$name" "$(bytes "$path" "${needed[@]}")" \
        interp "$name" "$(LC_ALL=C readelf -lW "$path" | grep -c INTERP || true)"
}

processor() {
    LC_ALL=C lscpu | sed -n 's/^Model name: *//p' | head -n 1
}

processes() {
    local all=(/proc/[0-9]*)
    printf '%s\n' "${#all[@]}"
}

measure() {
    local inits
    mapfile -t inits < <(contestants)
    timeout "$limit" "$out/measure" "$out" "${inits[@]}" </dev/null >"$out/samples.tsv" ||
        die "the harness failed"
    local init
    for init in "${inits[@]}"; do
        file_samples "${init%%=*}" "${init#*=}"
    done >>"$out/samples.tsv"
}

summarise() {
    jq -Rn -L "$here" -f "$here/results.jq" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg cpu "$(processor)" \
        --arg kernel "$(uname -sr)" --arg cores "$(nproc)" --arg processes "$others" \
        <"$out/samples.tsv" >"$out/results.json"
}

draw() {
    jq -r -L "$here" -f "$here/chart.jq" "$out/results.json" >"$out/chart.data"
    gnuplot -e "data='$out/chart.data'; picture='$out/bench.svg'" "$here/chart.gp"
}

if [[ -f $here/../need.sh ]]; then
    "$here/../need.sh" gcc musl-tools binutils util-linux gnuplot-nox jq tini dumb-init catatonit
fi
[[ -x $foster ]] || die "no foster at $foster: run make first"
[[ $(id -u) == 0 ]] || die "a pid namespace needs root"
mkdir -p "$out"
build
others=$(processes) # before the harness adds some
measure
summarise
jq -r -L "$here" -f "$here/table.jq" "$out/results.json"
draw
printf '\n%s\n' "samples.tsv, results.json and bench.svg are in $out"
