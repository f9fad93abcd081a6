#!/bin/bash
# check.sh - every test. Each suite prints TAP; the last line sums them up: N passed, N failed, N
# skipped. A suite that prints no result, or ends early, counts as a failure: silence is not
# success. In CI (CI=true) a skip is a failure too.
#
# Usage: tests/check.sh [suite...]. The suites that are named run one after the other; without a
# name all of them run, in two lanes side by side.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

packages=(
    # to build
    gcc libc6-dev musl-tools binutils check libsubunit-dev pkg-config patch
    # to check the source
    clang clang-format clang-tidy cppcheck shellcheck mandoc spin
    # to fuzz
    libclang-rt-14-dev
    # to read reports
    jq socat python3 python3-prometheus-client
    # to be PID 1
    bats strace expect bubblewrap util-linux procps
    # to compare with
    tini dumb-init catatonit
    # to be in a container
    podman runc crun conmon docker.io busybox-static uidmap iproute2 bsdutils docker-compose
    # to make a root file system of real services
    debootstrap
)

# Suites that run beside each other: a row is a lane, and its suites run in this order. What
# computes, at low priority, is beside what mostly waits and whose times are judged. The threads of
# unit_tsan and mutants take both processors of a small machine: they are beside the engines, which
# are the most patient. A suite has its names, ports and files for itself, in namespaces or folders
# of its own; what two need is built before: see prepare.
computing=(mutants unit_tsan unit_asan unit_debug lint build model fuzz callgraph)
waiting=(engines system services hostile sanitized faults names)

suites=("${computing[@]}" "${waiting[@]}")
results=build/check # a file of TAP for each suite, and its end in .SUITE: exit code and seconds
limit=1800          # seconds for one suite

# one DESCRIPTION COMMAND...: a test that is one command, with what it printed if it failed
one() {
    local description=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok - $description"
    else
        printf '# %s\n' "${output//$'\n'/$'\n# '}"
        echo "not ok - $description"
    fi
}

# Both compilers see the same source, and the library works in a program of either libc.
suite_build() {
    one "clang compiles it without a warning" make -s build/clang/foster
    one "the library serves a threaded glibc program" example gcc
    one "the library serves a threaded musl program" example musl-gcc
    one "make install puts everything in its place, and uninstall takes it away" installs
    one "make install-links makes the names that are asked for" links
    one "make demo shows it" make -s demo
    one "make debug builds it with sanitizers" make -s debug
    one "make hardened builds it position-independent, with stack canaries" make -s hardened
    one "the hardened one starts, forwards, reaps, ends and supervises" hardened_works
}

hardened_works() {
    FOSTER=$PWD/build/hardened/foster bats --formatter tap --filter-tags '!shipped' \
        tests/system/{exit_codes,forwarding,reaping,stopping}.bats \
        tests/services/{start_order,output,health}.bats
}

example() {
    local expected=("'(sleep 0.1 &) ; exit 4' exited with 4" "'exit 3' exited with 3"
        "'exit 5' exited with 5")
    "$1" -Isrc/children -o "build/example-$1" src/children/example/threads.c build/libfoster.a \
        -pthread &&
        timeout 10 "build/example-$1" | sort | diff - <(printf "%s\n" "${expected[@]}")
}

installs() {
    rm -rf build/root
    make -s install DESTDIR="$PWD/build/root" PREFIX=/usr || return
    (cd build/root && find . ! -type d | sort | diff - <(printf './usr/%s\n' bin/foster \
        include/foster.h lib/libfoster.a lib/libfoster.so lib/libfoster.so.0 \
        lib/libfoster.so.0.1.0 lib/pkgconfig/foster.pc share/man/man5/foster.conf.5 \
        share/man/man8/foster.8)) || return
    installed_library_serves gcc && installed_library_serves musl-gcc || return
    make -s uninstall DESTDIR="$PWD/build/root" PREFIX=/usr && [ -z "$(find build/root ! -type d)" ]
}

# installed_library_serves COMPILER: the shared one, by its links, as pkg-config finds it
installed_library_serves() {
    local root=$PWD/build/root/usr flags
    flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig \
        pkg-config --define-variable=prefix="$root" --cflags --libs foster) || return
    # shellcheck disable=SC2086 # these are words
    "$1" -std=c11 -D_GNU_SOURCE -o build/guest tests/library/guest.c $flags || return
    LD_LIBRARY_PATH=$root/lib timeout 10 build/guest
}

links() {
    rm -rf build/root
    make -s install install-links DESTDIR="$PWD/build/root" NAMES="tini dumb-init" >/dev/null ||
        return
    build/root/usr/local/bin/tini --version | grep -q '^tini version ' || return
    build/root/usr/local/bin/dumb-init --version 2>&1 | grep -q '^dumb-init v' || return
    [ ! -e build/root/usr/local/bin/catatonit ]
}

suite_lint() {
    one "make lint finds nothing" make -s lint
    tests/lint_self_test.sh
}

# unit BUILD: each program writes its own TAP. In a pid namespace of its own, if we may: a fault in
# the code that ends all processes must not end those of the machine.
unit() {
    local program apart=(unshare --pid --fork --mount-proc --kill-child setsid)
    [ "$(id -u)" = 0 ] || apart=()
    for program in tests/unit/test_*.c tests/unit/stress_*.c; do
        program=build/unit/$1/$(basename "$program" .c)
        rm -f "$program.tap"
        CK_TAP_LOG_FILE_NAME=$PWD/$program.tap CK_DEFAULT_TIMEOUT=60 \
            timeout 300 "${apart[@]}" "$program" >"$program.log" 2>&1
        local status=$?
        tr -d "\000" <"$program.tap"
        [ "$status" = 0 ] && continue
        sed 's/^/# /' "$program.log"
        [ "$status" = 1 ] || echo "not ok - $program ended with $status"
    done
}

suite_unit_debug() { unit debug; }
suite_unit_asan() { unit asan; }
suite_unit_tsan() { unit tsan; }
suite_mutants() { tests/unit/mutants.sh; }
suite_callgraph() { tests/unit/callgraph.sh; }
suite_model() { tests/model/run.sh; }
suite_fuzz() { tests/fuzz/run.sh 40000; }
suite_system() { bats --formatter tap tests/system; }
suite_services() { bats --formatter tap tests/services; }
suite_faults() { make -s injector && tests/faults/run.sh build/foster short; }
suite_hostile() { bats --formatter tap tests/hostile; }

# The same with the sanitizers, in the whole program, but for what only the shipped binary can do:
# run without a libc, and be small. Leaks are not looked for, as that does not work under strace.
suite_sanitized() {
    local status=0
    export FOSTER=$PWD/build/debug/foster ASAN_OPTIONS=detect_leaks=0
    make -s debug || return
    bats --formatter tap --filter-tags '!shipped' tests/system || status=$?
    bats --formatter tap --filter-tags '!shipped' tests/services || status=$?
    return "$status"
}

suite_names() { tests/names/run.sh; }
suite_engines() { bats --formatter tap tests/engines; }

prepare() {
    tests/need.sh "${packages[@]}" &&
        make -s -j"$(nproc)" all debug hardened injector programs hostile unit
}

yielding=()
# run SUITE: to its end. The script calls itself, so that a time limit can be put on it.
run() {
    local started=$SECONDS
    "${yielding[@]}" timeout "$limit" tests/check.sh --suite "$1" 2>&1 </dev/null |
        tee "$results/$1"
    echo "${PIPESTATUS[0]} $((SECONDS - started))" >"$results/.$1"
}

# lane SUITE...: one after another, and says which has ended
lane() {
    local suite
    for suite; do
        run "$suite" >/dev/null
        echo "$suite"
    done
}

lanes() {
    (yielding=(nice) && lane "${computing[@]}") &
    lane "${waiting[@]}"
    wait
}

# await SUITE: until it has ended in its lane, or both lanes have
await() {
    while [ ! -e "$results/.$1" ] && read -r _ <&"$ended"; do :; done
    cat "$results/$1"
}

# count SUITE PATTERN
count() { grep -acE "$2" "$results/$1"; }

if [ "${1-}" = --suite ]; then
    "suite_$2"
    exit
fi
rm -rf "$results" && mkdir -p "$results"
prepare || exit 1
if [ $# -gt 0 ]; then
    suites=("$@") turn=run
else
    exec {ended}< <(lanes)
    turn=await
fi

passed=0 failed=0 skipped=0
for suite in "${suites[@]}"; do
    echo "# $suite"
    : >>"$results/$suite" # also of one that never began
    "$turn" "$suite"
    status=unknown seconds=0
    [ ! -e "$results/.$suite" ] || read -r status seconds <"$results/.$suite"
    skips=$(count "$suite" '^ok .*# skip')
    bad=$(count "$suite" '^not ok')
    good=$(($(count "$suite" '^ok') - skips))
    if [ "$status" != 0 ] && [ "$bad" = 0 ] || [ $((good + skips)) = 0 ]; then
        echo "not ok - suite $suite ended with $status, $good passed"
        bad=$((bad + 1))
    fi
    echo "# $suite: $good passed, $bad failed, $skips skipped, $seconds s"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
done
echo "# all: $SECONDS s"
if [ "${CI:-}" = true ]; then failed=$((failed + skipped)); fi

grep -ahE '^not ok|^ok .*# skip' "$results"/* | sed 's/^/# /'
total="$passed passed, $failed failed"
[ "$skipped" = 0 ] || total="$total, $skipped skipped"
echo "$total"
[ "$failed" = 0 ]
