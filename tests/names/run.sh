#!/bin/bash
# run.sh - is foster, called by the name of another init, that init? Each scenario of `scenarios` is
# played twice, with the real program and with foster under its name, in the same place; what is
# seen of both has to be the same, but for what `differences` lists. A difference that is not listed
# fails, and so does a listed one that is not there any more.
#
# Usage: tests/names/run.sh [-k] [PATTERN]: all scenarios, or those whose name
# PROGRAM/SCENARIO/WHERE matches PATTERN; -k keeps the notes, in build/names-*. FOSTER names another
# binary than build/foster.
set -u
cd "$(dirname "$0")/../.." || exit
[ "$(id -u)" = 0 ] || exec unshare -Ur "$0" "$@"

keep=false
if [ "${1-}" = -k ]; then keep=true && shift; fi
wanted=${1:-*}
here=tests/names
foster=${FOSTER:-$PWD/build/foster}
# PATH would find the real one instead
[ -x "$foster" ] || { echo "no $foster: run make first" >&2 && exit 1; }
mkdir -p build
room=$(mktemp -d "$PWD/build/names-XXXXXX") || exit # everything that a run needs is made here
fields=(exit out err steps init left)
declare -A whose=([tini]=tini [tini-static]=tini-static [docker-init]=tini-static
    [dumb-init]=dumb-init [catatonit]=catatonit [podman-init]=catatonit)
number=0 at_once=$((3 * $(nproc)))

# ---- set-up: two directories that look the same, one of the real programs and one of foster ----

# compile PROGRAM SOURCE...
compile() {
    local program=$1
    shift
    musl-gcc -static -Os -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Werror \
        -o "$room/$program" "${@/#/$here/}"
}

furnish() {
    local side=$1 name=$2 program=$3
    mkdir -p "$room/$side/copy" "$room/$side/a/deeper/way"
    ln -sf "$program" "$room/$side/$name"
    ln -sf "$program" "$room/$side/a/deeper/way/$name"
    cp -L "$program" "$room/$side/copy/$name"
}

set_up() {
    mkdir -p "$room/bin" "$room/used"
    compile stage stage.c namespace.c witness.c steps.c && compile pair pair.c || exit
    local name program
    for name in "${!whose[@]}"; do
        program=$(command -v "${whose[$name]}") && furnish real "$name" "$program"
        furnish foster "$name" "$foster"
    done
    printf 'exit 3\n' >"$room/plain"
    printf '#!/nowhere/sh\n' >"$room/lost"
    chmod +x "$room/plain" "$room/lost"
    export PATH="$room/bin:$room:$PWD/build/tests:/usr/bin:/bin"
}

# ---- one scenario ----

# play SIDE NAME WHERE SETUP WORDS STEPS: into $notes/SIDE
play() {
    local side=$1 name=$2 where=$3 steps=$6 setup words called=$2 pid_1=()
    eval "setup=($4) words=($5)"
    case ${setup[0]-} in
    called=*) called=$room/bin/${setup[0]#called=}$name && setup=("${setup[@]:1}") ;;
    esac
    [ "$where" = pid1 ] && pid_1=(-1)
    timeout -s KILL 10 "$room/stage" "${pid_1[@]}" -m "$room/$side:$room/bin" \
        -o "$notes/$side" -s "$steps" "${setup[@]}" "$called" "${words[@]}" </dev/null ||
        echo "the stage failed: $?" >>"$notes/$side/steps"
}

# catatonit and main before its exec write a line in three pieces each, which may mix: then it is
# played again.
torn() { grep -q '(catatonit:.*(catatonit:' "$notes/real/err"; }

# The init, main before its exec, and main itself write at the same time: their lines are put in
# this order. And how often a SIGCHLD comes is a matter of chance when a child stops, or is adopted:
# those that nothing is reaped after are left out.
in_order() {
    local main=3
    [ "$1" = pid1 ] && main=2
    awk -v main="$main" '
        $0 ~ "^\\[[A-Z ]* tini \\(" main "\\)|^[A-Z]+ \\(catatonit:" main "\\)" ||
        /^\[dumb-init\] (setsid|Unable to attach|.*: [A-Z])/ { early = early $0 "\n"; next }
        /^\[dumb-init\] Received signal 17|^\[DEBUG tini .* Received SIGCHLD/ {
            sigchld = $0 "\n"; next
        }
        /^\[TRACE tini .* No child to reap/ && sigchld != "" { sigchld = ""; next }
        /^\[dumb-init\] A child|^\[DEBUG tini .* Reaped/ { init = init sigchld; sigchld = "" }
        /^\[[A-Z ]* tini \(|^[A-Z]+ \(catatonit:|^\[dumb-init\]/ { init = init $0 "\n"; next }
        { other = other $0 "\n" }
        END { printf "%s%s%s", early, init, other }'
}

noted() { if [ -f "$notes/$1/$2" ]; then in_order "$3" <"$notes/$1/$2"; fi; }

# ---- the verdict ----

# listed SCENARIO FIELD: whether a line of `differences` is about it; the lines' numbers are in
# $rows_found
listed() {
    local i
    rows_found=()
    for i in "${!difference_of[@]}"; do
        # shellcheck disable=SC2053 # the left of the table is a pattern
        [[ $1 == ${difference_of[i]} && ${difference_in[i]%%/*} == "$2" ]] && rows_found+=("$i")
    done
    [ ${#rows_found[@]} -gt 0 ]
}

# as_listed ROW REAL OURS: is it different, and as listed?
as_listed() {
    local where=${difference_in[$1]}
    : >"$room/used/$1"
    [ "$2" != "$3" ] || echo "$where: listed as different (${difference_why[$1]}), and is the same"
    # shellcheck disable=SC2053 # a pattern
    [[ ${3//$'\n'/ } == ${difference_is[$1]} ]] ||
        echo "$where: listed as '${difference_is[$1]}', and is '${3//$'\n'/ }'"
}

# judge SCENARIO WHERE: prints what is wrong, nothing if all is well. FIELD/START in `differences`
# is about the lines of a field that start so; they are judged apart, and the others as ever.
judge() {
    local field real ours row start
    [ -s "$notes/real/exit" ] && [ -s "$notes/foster/exit" ] || echo "the play was not played"
    for field in "${fields[@]}"; do
        # What is left behind is compared only of two that end alike: how a hanging one is found is
        # a matter of chance.
        [ "$field" = left ] && ! cmp -s "$notes/real/exit" "$notes/foster/exit" && continue
        real=$(noted real "$field" "$2") ours=$(noted foster "$field" "$2")
        [ "$field" != steps ] || [ "$real" = "" ] || listed "$1" steps ||
            echo "the real one has steps $real"
        listed "$1" "$field"
        for row in "${rows_found[@]}"; do
            start=${difference_in[row]#"$field"} start=^${start#/}
            grep -q "$start" <<<"$real"$'\n'"$ours" || continue
            as_listed "$row" "$(grep "$start" <<<"$real")" "$(grep "$start" <<<"$ours")"
            real=$(grep -v "$start" <<<"$real") ours=$(grep -v "$start" <<<"$ours")
        done
        [ "$real" = "$ours" ] && continue
        echo "$field (- real, + foster):"
        diff <(echo "$real") <(echo "$ours") | sed -n 's/^</-/p; s/^>/+/p'
    done
}

# try NAME SCENARIO WHERE SETUP WORDS STEPS: a line of TAP, and what is wrong below it
try() {
    local scenario=$1/$2/$3 trouble
    if [ ! -e "$room/real/$1" ]; then
        echo "ok $number - $scenario # skip ${whose[$1]} is not installed"
        return
    fi
    play real "$1" "$3" "$4" "$5" "$6"
    while torn; do
        rm -f "$notes"/real/* && play real "$1" "$3" "$4" "$5" "$6"
    done
    play foster "$1" "$3" "$4" "$5" "$6"
    trouble=$(judge "$scenario" "$3")
    if [ -z "$trouble" ]; then
        echo "ok $number - $scenario"
    else
        echo "not ok $number - $scenario"
        printf '# %s\n' "${trouble//$'\n'/$'\n'# }"
    fi
}

# start NAME SCENARIO WHERE SETUP WORDS STEPS: in the background, a few for each processor, because
# most wait
start() {
    # shellcheck disable=SC2053 # a pattern
    [[ $1/$2/$3 == $wanted ]] || return
    number=$((number + 1))
    notes=$room/notes/$(printf %04d "$number")
    mkdir -p "$notes/real" "$notes/foster"
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n; done
    try "$@" >"$notes/tap" &
}

# What no play shows, because it is a matter of chance: a signal that comes before main runs is not
# lost. The real dumb-init loses some in most runs; that is not asked of it.
early_signals() {
    local name early=(timeout 60 build/tests/early USR1 200)
    for name in tini dumb-init catatonit; do
        # shellcheck disable=SC2053 # a pattern
        [[ -e $room/real/$name && $name/early-signals == $wanted ]] || continue
        number=$((number + 1))
        if ! "${early[@]}" "$room/foster/$name" -- sleep 9 >"$room/early"; then
            echo "not ok $number - $name/early-signals: $(<"$room/early")"
        else
            echo "ok $number - $name/early-signals"
        fi
    done
}

# ---- the tables: columns between bars, # for a remark ----

rows() { sed -e '/^ *\(#\|$\)/d' -e 's/ *| */|/g' "$here/$1"; }

read_differences() {
    local of in is why
    difference_of=() difference_in=() difference_is=() difference_why=()
    while IFS='|' read -r of in is why; do
        difference_of+=("${of//,/|}") difference_in+=("$in")
        difference_is+=("${is//,/|}") difference_why+=("$why")
    done < <(rows differences)
}

all_scenarios() {
    local scenario names where setup words steps name place
    while IFS='|' read -r scenario names where setup words steps; do
        for name in ${names//all/tini dumb-init catatonit}; do
            for place in $where; do
                start "$name" "$scenario" "$place" "$setup" "$words" "$steps"
            done
        done
    done < <(rows scenarios)
}

unused_differences() {
    local i
    [ "$wanted" = '*' ] || return
    for i in "${!difference_of[@]}"; do
        [ -e "$room/used/$i" ] && continue
        number=$((number + 1))
        echo "not ok $number - differences:" \
            "${difference_of[i]}, ${difference_in[i]}, is of no scenario"
    done
}

$keep || trap 'rm -rf "$room"' EXIT
set_up
read_differences
all_scenarios
wait
{
    cat "$room"/notes/*/tap 2>/dev/null
    early_signals
    unused_differences
    echo "1..$number"
} | tee "$room/tap"
failures=$(grep -c '^not ok' "$room/tap")
[ "$failures" = 0 ]
