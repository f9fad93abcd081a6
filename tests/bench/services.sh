#!/usr/bin/env bash
# The benchmark of the services: foster beside the supervisors that are installed and a floor of our
# own, with 10, 100 and 1,000 services.
#
#     services.sh [-n SIZES] [-r ROUNDS] [FOSTER] [NAME=PATH...]
#
# SIZES     numbers of services with commas between them, 10,100,1000 unless given
# ROUNDS    how often each starts and stops: 3 unless given, from 1,000 services on a third of it,
#           but three at the least; twice as many of its services, less one, are killed, but
#           fifteen at the least
# FOSTER    build/foster unless given
# NAME=PATH another contestant; what is before a dash in NAME (foster-old, s6-next) is its kind:
# kinds.c has them
#
# All is put in build/bench-services: samples.tsv, results.json and bench-services.svg; the table
# goes to standard output. A slow figure is no failure: the exit status is 0 unless something could
# not be measured.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/build/bench-services
sizes=10,100,1000
rounds=3

warnings=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes)
libc_free=(-Os -static -nostdlib -ffreestanding -fno-stack-protector -s
    "-Wl,-z,noseparate-code,--build-id=none")
peers=(s6=s6-svscan runit=runsvdir supervisord=supervisord busybox=busybox)

die() {
    printf 'bench: %s\n' "$1" >&2
    exit 1
}

# HERE, the directory that each run sees as its own, and ROOM, where all runs' directories are,
# exist for the harness and its children only.
build() {
    local name
    for name in service_stay service_crash; do
        gcc "${warnings[@]}" "${libc_free[@]}" "-DRECORDS=\"$out/here/records\"" \
            "$here/$name.c" -o "$out/$name"
    done
    musl-gcc "${warnings[@]}" -Os -static -s "$here/floor_services.c" -o "$out/floor_services"
    musl-gcc "${warnings[@]}" -Os -static "-DHERE=\"$out/here\"" "-DROOM=\"$out/room\"" \
        "$here"/{services,team,kinds,members,launch,proc}.c -o "$out/services"
}

# NAME=PATH of everything that takes part, one a line.
contestants() {
    local peer path
    printf 'foster=%s\n' "$foster"
    for peer in "${peers[@]}"; do
        if path=$(command -v "${peer#*=}"); then
            printf '%s=%s\n' "${peer%%=*}" "$path"
        else
            printf 'bench: %s is not installed and is left out\n' "${peer%%=*}" >&2
        fi
    done
    printf 'floor_services=%s\n' "$out/floor_services"
    [[ $# == 0 ]] || printf '%s\n' "$@"
}

# The package that a file is from, also where /bin is /usr/bin and the package does not know.
package_of() {
    local path
    for path in "$1" "${1#/usr}" "$(realpath "$1")"; do
        dpkg-query -S "$path" 2>/dev/null && return
    done
}

# NAME, a tab and where it is from: its Debian package and version, or its file.
versions() {
    local word path package
    for word in "$@"; do
        path=${word#*=}
        if package=$(package_of "$path"); then
            package=$(dpkg-query -W -f '${Package} ${Version}' "${package%%:*}")
        fi
        printf '%s\t%s\n' "${word%%=*}" "${package:-${path##*/}, $(stat -Lc %s "$path") bytes}"
    done
}

processor() {
    LC_ALL=C lscpu | sed -n 's/^Model name: *//p' | head -n 1
}

processes() {
    local all=(/proc/[0-9]*)
    printf '%s\n' "${#all[@]}"
}

# A size takes about two minutes with three rounds, more on a busy machine.
measure() {
    local limit=$((900 + 120 * rounds))
    timeout "$limit" "$out/services" "$out" "$rounds" "$sizes" "$@" \
        </dev/null >"$out/samples.tsv" ||
        die "the harness failed"
}

summarise() {
    jq -Rn -L "$here" -f "$here/services-results.jq" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg cpu "$(processor)" \
        --arg kernel "$(uname -sr)" --arg cores "$(nproc)" --arg processes "$(processes)" \
        --arg versions "$(versions "$@")" <"$out/samples.tsv" >"$out/results.json"
}

draw() {
    jq -r -L "$here" -f "$here/services-chart.jq" "$out/results.json" >"$out/chart.data"
    gnuplot -e "data='$out/chart.data'; picture='$out/bench-services.svg'" "$here/chart.gp"
}

while getopts n:r: option; do
    case $option in
    n) sizes=$OPTARG ;;
    r) rounds=$OPTARG ;;
    *) die "usage: services.sh [-n SIZES] [-r ROUNDS] [FOSTER] [NAME=PATH...]" ;;
    esac
done
shift $((OPTIND - 1))
foster=$root/build/foster
if [[ $# -gt 0 && $1 != *=* ]]; then
    foster=$1
    shift
fi
foster=$(realpath "$foster")

if [[ -f $here/../need.sh ]]; then
    # busybox-static must not be replaced
    command -v busybox >/dev/null || peers_missing=busybox
    "$here/../need.sh" gcc musl-tools util-linux gnuplot-nox jq s6 runit supervisor \
        ${peers_missing:+"$peers_missing"}
fi
[[ -x $foster ]] || die "no foster at $foster: run make first"
[[ $(id -u) == 0 ]] || die "a pid namespace needs root"
mkdir -p "$out"
build
mapfile -t all < <(contestants "$@")
measure "${all[@]}"
summarise "${all[@]}"
jq -r -L "$here" -f "$here/services-table.jq" "$out/results.json"
draw
printf '\n%s\n' "samples.tsv, results.json and bench-services.svg are in $out"
