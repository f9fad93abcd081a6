#!/bin/bash
# callgraph.sh - is everything that a SIGCHLD handler can reach async-signal-safe?
#
# Compiles foster as it is shipped (musl, -Oz) with -fcallgraph-info, gcc's own account of who calls
# whom, and walks it from children_sigchld(). Functions of ours are walked into; any other must be
# in the list below. One call in there is indirect, the orphan watch: it is walked through the
# functions that foster installs as one.
#
# What gcc might call without saying so, memcpy for a struct or a libatomic function, shows in the
# objects' undefined symbols: those of src/children are held against a list as well.
#
# Prints TAP. Usage: tests/unit/callgraph.sh [directory to build in]
set -euo pipefail
cd "$(dirname "$0")/../.."

build=$(realpath -m "${1:-build/callgraph}")
entry=children_sigchld
watches=(say_orphan warn_of_orphan)

# signal-safety(7). Beyond it: __errno_location is errno itself; syscall is a bare trap, for futex,
# wait4 and the clock; isatty is one ioctl(2).
safe=(__errno_location syscall isatty getpid kill write poll send open close fstat clock_gettime
    strlen strnlen memcpy memchr strcpy stpcpy strcat strchr strcspn strrchr)

# What src/children may use in ordinary context, too.
ordinary=(getpgid gettid)

number=0
failed=0
# fact DESCRIPTION [FAULT]: one line of TAP; a fact holds if there is no fault to report
fact() {
    number=$((number + 1))
    if [ -z "${2-}" ]; then
        echo "ok $number - $1"
    else
        failed=1
        echo "not ok $number - $1"
        echo "# ${2//$'\n'/$'\n'# }"
    fi
}

# compile TREE DIRECTORY: leaves an object and a call graph of each source file that matters
compile() {
    local source
    mkdir -p "$2"
    # all but help.c, which needs a made header
    (cd "$1" && printf '%s\n' init/[!h]*.c init/*/*.c src/*/*.c) >"$2/sources"
    while read -r source; do
        (cd "$1" && "${CC:-musl-gcc}" -std=c11 -D_GNU_SOURCE -DNDEBUG -DFOSTER_VERSION='""' -Isrc \
            -Iinit -Oz -fcallgraph-info -c "$source" -o "$2/${source//\//-}.o")
    done <"$2/sources"
}

# graph DIRECTORY: one line `node FUNCTION` for each function that is ours, one `edge CALLER CALLEE`
# for each call
graph() {
    sed -nE '/shape : ellipse/d
        s/^node: \{ title: "([^"]*)".*/node \1/p
        s/^edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)".*/edge \1 \2/p' "$1"/*.ci
}

# reachable DIRECTORY: `CALLER CALLEE` for every call that can be reached, CALLEE being
# __indirect_call for an indirect one; after it, the watches are walked. A static function is called
# FILE:NAME.
reachable() {
    graph "$1" | awk -v entry="$entry" -v watches="${watches[*]}" '
        function walk(name,    i) {
            if (seen[name]++)
                return
            for (i = 1; i <= calls[name]; i++) {
                print name, callee[name, i]
                walk(callee[name, i])
            }
        }
        BEGIN { split(watches, list); for (i in list) is_watch[list[i]] = 1 }
        { plain = $2; sub(/.*:/, "", plain) }
        $1 == "node" && plain in is_watch {
            callee["__indirect_call", ++calls["__indirect_call"]] = $2
        }
        $1 == "edge" { callee[$2, ++calls[$2]] = $3 }
        END { walk(entry) }'
}

# unsafe DIRECTORY: the reachable calls of functions that are neither ours nor known to be safe
unsafe() {
    {
        graph "$1"
        printf 'known %s\n' "${safe[@]}" __indirect_call
        reachable "$1"
    } | awk '
        $1 == "node" || $1 == "known" { known[$2] = 1; next }
        $1 == "edge" { next }
        !($2 in known) { print $1, "calls", $2 }'
}

# undefined DIRECTORY: what the objects of src/children take from elsewhere and may not
undefined() {
    local objects=("$1"/src-children-*.o)
    { nm --defined-only "${objects[@]}" | awk 'NF == 3 { print "known", $3 }'
      printf 'known %s\n' "${safe[@]}" "${ordinary[@]}"
      nm --undefined-only "${objects[@]}" | awk '$1 == "U" { print "wanted", $2 }'; } | awk '
        $1 == "known" { known[$2] = 1 }
        $1 == "wanted" && !($2 in known) { print $2 }'
}

# self_test NAME FILE LINE: a copy of the tree with malloc called before that line must be found
# unsafe
self_test() {
    local tree=$build/$1
    mkdir -p "$tree"
    cp -r src init "$tree/"
    local call='{ extern void *malloc(unsigned long); *(void *volatile *)0 = malloc(1); }'
    sed -i "s|^\( *\)\($3\)|\1$call\n\2|" "$tree/$2"
    if cmp -s "$2" "$tree/$2"; then
        fact "self-test: malloc $1 is found" "the line is no longer in $2"
        return
    fi
    compile "$tree" "$tree/graph"
    if unsafe "$tree/graph" | grep -q 'calls malloc$'; then
        fact "self-test: malloc $1 is found"
    else
        fact "self-test: malloc $1 is found" "not found"
    fi
}

rm -rf "$build"
shipped=$build/shipped
compile . "$shipped"

echo 1..8
fact "the walk from $entry arrives in the reaper and at the watch" \
    "$(reachable "$shipped" | awk -v watch="${watches[0]}" '
        $2 ~ /:reap$/ { reaper = 1 }
        $1 == "__indirect_call" && $2 ~ ":" watch "$" { watched = 1 }
        END { if (!reaper) print "no reap"; if (!watched) print "no watch" }')"
fact "everything reachable from $entry is async-signal-safe" "$(unsafe "$shipped")"
fact "nothing that waits is reachable from $entry" \
    "$(reachable "$shipped" |
        grep -E ' ((word_)?lock_take|children_await|children_await_until)$' || true)"
fact "the only indirect call is the orphan watch's, when one is reaped" \
    "$(reachable "$shipped" | grep ' __indirect_call$' |
        grep -vE ':(reap|resolve|handle_report) __indirect_call$' || true)"
fact "src/children takes nothing else from the libc" "$(undefined "$shipped")"
fact "every watch that foster installs is walked" \
    "$(sed -nE 's/^ .*\<children_watch_orphans\(([^)]*)\).*/\1/p' init/*.c src/*/*.c |
        grep -vxF "$(printf '%s\n' "${watches[@]}")" || true)"
self_test 'in the reaper' src/children/children.c 'struct promise .promise = registry_take(pid);'
self_test 'in the watch' src/base/log.c 'int saved = errno;'
exit $failed
