# shellcheck shell=bash
# What the hostile tests share: the ways to run foster of ../system and the configuration, journal and ctl of ../services.
#
# Each test carries the number of the statement that it proves, and has been seen to fail. The programs that are hostile
# are in programs/, one file each. Nothing leaves the pid namespace of a test.

load ../services/helpers

# Who is root, or PID 1, is told: the ways in which a hostile child is tried under one program and under services.
HOSTILE_WAYS=(as_pid1 as_pid1_user as_child as_child_user)
