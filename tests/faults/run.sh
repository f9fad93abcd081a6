#!/bin/bash
# run.sh FOSTER [short] - makes foster's system calls fail in every scenario, as PID 1 and not, and
# prints TAP: one test for each of the twelve, with the failures that had a forbidden outcome. All
# rows are then in build/faults/rows.
#
# Short: of each call the first error of tests/faults/errnos, at its first occurrence and for good;
# the rest is left to the whole run, of which tests/faults/table is what came of it.
set -uo pipefail
self=$(realpath "$0")
cd "$(dirname "$self")/../.." || exit

# --one FOLDER FOSTER FORM SCENARIO WAY: its rows in a file. The scratch folder has one that a
# service of another user can write to.
if [ "$1" = --one ]; then
    scratch=$2/$5.$6
    mkdir -p "$scratch/of_nobody" && chown nobody "$scratch/of_nobody" &&
        cp build/faults/member "$scratch" || exit
    build/faults/inject "$3" "$scratch" tests/faults/errnos "$5" "$6" "$4" \
        >"$scratch.rows" 2>"$scratch.err"
    echo $? >"$scratch.status"
    exit
fi

foster=$(realpath "$1") form=${2-whole}
if [ "$(id -u)" != 0 ]; then
    echo "ok - foster survives failing calls # skip only root makes pid namespaces"
    exit
fi
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"

# The longest first, so that all processors are done at the same time.
for scenario in services essential verbose stop orphans true; do
    printf '%s\n' "$scenario first" "$scenario child"
done | xargs -P "$(nproc)" -L 1 "$self" --one "$folder" "$foster" "$form"

bad=0
for status in "$folder"/*.status; do
    run=${status%.status}
    name="$(basename "$run" | tr . ' '): $(wc -l <"$run.rows") failing calls"
    if [ "$(cat "$status")" = 0 ]; then
        echo "ok - $name"
    else
        sed 's/^/# /' "$run.err" <(awk '$7 == "X"' "$run.rows")
        echo "not ok - $name"
        bad=1
    fi
done
cat "$folder"/*.rows >build/faults/rows
exit "$bad"
