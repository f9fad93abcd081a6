#!/usr/bin/env bats
# foster's own options end at the first word that is none; a usage error is one line and exit code
# 2.

load helpers

# refused WORD... : ARG...: checks that foster exits with 2 and one line with these words.
refused() {
    local words=()
    while [ "$1" != : ]; do
        words+=("$1")
        shift
    done
    shift
    exits 2 as_child "$@"
    says "${words[@]}"
    is ''
}

@test "options behind the command are the command's, with -- and without (21)" {
    exits 3 as_pid1 sh -c 'exit 3'
    exits 3 as_pid1 -- sh -c 'exit 3'
    exits 0 as_pid1 -s -- echo -x -v --help -- -c
    is '-x -v --help -- -c'
    exits 0 as_pid1 echo --version -g -- --grace 1
    is '--version -g -- --grace 1'
}

@test "options may stand together, and have their argument attached (21)" {
    exits 0 as_pid1 -sge143 exit -s TERM
    exits 0 as_pid1 -e 3 --grace=1s --stop-timeout=2 --rewrite=TERM:INT exit 3
}

@test "without a command: usage (28)" {
    refused command :
    refused command : --
    refused command : -v -g --
}

@test "an unknown option is a usage error (28)" {
    refused unknown --nonsense : --nonsense echo started
    refused unknown -Z : -Z echo started
    refused unknown -Z : -gZs echo started
}

@test "a missing argument of an option, or one too many, is a usage error (28)" {
    for option in -p -e -r --rewrite --grace --stop-signal --stop-timeout --termination-log; do
        refused "$option" : "$option"
    done
    refused --setsid : --setsid=1 echo started
}

@test "an argument that is no signal is a usage error (28)" {
    for bad in '' NOSUCH 0 65 -1 RTMIN+31 RTMAX+1 RTMAX-31 RTMIN- SIG 15x; do
        refused -p : -p "$bad" echo started
        refused stop-signal : --stop-signal "$bad" echo started
    done
}

@test "an argument that is no duration is a usage error (28)" {
    for bad in '' x 5x 5s5 -1 -1s 1.5.5s s ms 99999999999999999999 '5 s'; do
        refused grace : --grace "$bad" echo started
        refused stop-timeout : --stop-timeout "$bad" echo started
    done
}

@test "an argument that is no pair of signals is a usage error (28)" {
    for bad in '' 15 TERM : TERM: :TERM TERM:NOSUCH NOSUCH:TERM 15:65 65:15 0:15 \
        TERM:INT:HUP -1:3; do
        refused rewrite : --rewrite "$bad" echo started
    done
}

@test "-P with a command is a usage error (28)" {
    refused -P : -P echo started
}

@test "--help fits a screen, --version and --license are on stdout" {
    for option in -h --help; do
        exits 0 as_child "$option"
        says_nothing
        [[ $output == *"usage: foster"* ]]
        [ "${#lines[@]}" -le 24 ]
        [ "$(awk '{ print length }' <<<"$output" | sort -n | tail -n 1)" -le 80 ]
    done
    for option in -V --version; do
        exits 0 as_child "$option"
        [[ $output == "foster version "* ]]
    done
    for option in -l -L --license; do
        exits 0 as_child "$option"
        [[ $output == *"MIT"* ]]
    done
}

@test "as PID 1 and root, a command named like a runlevel or kernel argument is run (56)" {
    for name in single auto 3 emergency; do
        printf '#!/bin/sh\nexit 6\n' >"$name"
        chmod +x "$name"
        via=(env "PATH=$PWD:$PATH")
        exits 6 as_pid1 "$name"
    done
}
