# shellcheck shell=bash
# Helpers of the hostile tests, on top of those of ../services and ../system.
#
# The title of each test ends with the number of its statement in docs/edge-cases.md. Each test has
# been seen to fail. The hostile programs are in programs/, one file each. No signal and no process
# leaves the pid namespace of a test.

load ../services/helpers

# The ways to run foster: as PID 1 or as a child, as root or as an ordinary user. A test takes each
# of them in turn, with one program and with services.
HOSTILE_WAYS=(as_pid1 as_pid1_user as_child as_child_user)
