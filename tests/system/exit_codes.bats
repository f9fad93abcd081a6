#!/usr/bin/env bats
# foster's exit code: main's own, 128 and the number of a signal, or one that says that foster
# failed.

load helpers

@test "main's exit codes that mean something to shells are passed on (3)" {
    for way in as_pid1 as_child; do
        for code in 125 126 127 128 255; do
            exits "$code" "$way" exit "$code"
            says_nothing
        done
    done
}

@test "main's exit code is foster's, with one command line everywhere (12, 55)" {
    for way in "${WAYS[@]}"; do
        for code in 0 1 42; do
            exits "$code" "$way" -- exit "$code"
        done
    done
}

@test "main killed by a signal: 128 and its number (12)" {
    for way in as_pid1 as_child; do
        for signal in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 24 25 30 31 34 64; do
            exits $((128 + signal)) "$way" exit -s "$signal"
        done
    done
}

@test "-e makes an exit code a success, and may be repeated (13)" {
    exits 0 as_pid1 -e 143 exit -s TERM
    exits 0 as_pid1 -e 3 -e 143 exit 3
    exits 0 as_pid1 -e 255 exit 255
    exits 4 as_pid1 -e 3 exit 4
    exits 0 as_pid1 -e 3 exit 0
}

@test "-e takes 0 to 255 and nothing else (13)" {
    for bad in 256 -1 1x x '' ' 1' 99999999999999999999; do
        exits 2 as_pid1 -e "$bad" exit 0
        says -e
    done
}

@test "no process can be started: 125, with the reason (15)" {
    via=(prlimit --nproc=1)
    exits 125 as_child_user exit 0
    says exit process
}
