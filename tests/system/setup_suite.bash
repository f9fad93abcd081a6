# shellcheck shell=bash
# Before the first test: the binary under test and the test programs go to one folder that every
# user may read, under fixed names. So a test may say `signals`, and any init may be tried as
# FOSTER.

setup_suite() {
    local root programs
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
    programs=${PROGRAMS:-$root/build/tests}
    export BIN=$BATS_SUITE_TMPDIR/bin
    chmod 711 "$BATS_RUN_TMPDIR"
    mkdir "$BIN"
    cp "${FOSTER:-$root/build/foster}" "$BIN/foster"
    cp "$programs"/{orphans,zombies,signals,state,eat,leave,exit,early,service,brothers} "$BIN"
    chmod 755 "$BIN" "$BIN"/*
    export FOSTER=$BIN/foster PATH=$BIN:$PATH
}
