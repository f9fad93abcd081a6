# shellcheck shell=bash
# The same binary and test programs as for the system tests, in a folder of this suite's own.

# shellcheck source=../system/setup_suite.bash
source "$(dirname "${BASH_SOURCE[0]}")/../system/setup_suite.bash"
