# shellcheck shell=bash
# The same binary and test programs as for the system tests, and the hostile ones.

# shellcheck source=../system/setup_suite.bash
source "$(dirname "${BASH_SOURCE[0]}")/../system/setup_suite.bash"

eval "system_$(declare -f setup_suite)"
setup_suite() {
    system_setup_suite
    local root
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
    cp "${HOSTILE:-$root/build/hostile}"/* "$BIN"
    chmod 755 "$BIN"/*
}
