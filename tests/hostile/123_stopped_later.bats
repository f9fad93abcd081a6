#!/usr/bin/env bats
# Main has survived an INT, QUIT or TERM. If it is stopped soon after it, it is continued, because
# the stop signal may still end it. If it is stopped later, it stays stopped.

load helpers

# strace changes the clock: foster reads it at its start, when the signal comes, and each time that
# it looks at main, first at once. From the given reading on it is months later.
later_from() {
    around=(strace -f -qq -o "$PWD/calls" -e 'trace=clock_gettime,kill'
        -e "inject=clock_gettime:poke_exit=@arg2=0000ff0000000000:when=$1+")
}

is_stopped() { [[ $(state_of "$1") == [tT] ]]; } # t: by strace

# survived SIGNAL: main has got the signal and then a SIGSTOP. A USR1 shows that foster has looked
# at main since.
survived() {
    start "$way" "${options[@]}" -- signals -x HUP 3 3>&-
    wait_for_line "$out" '^ready '
    main=$(child_named signals)
    send "$1"
    wait_for_line "$out" '^signal '
    kill -STOP "$main"
}

@test "a SIGSTOP ten seconds after INT, QUIT or TERM is not undone (123)" {
    local signal options=()
    for way in "${HOSTILE_WAYS[@]}"; do
        for signal in INT QUIT; do
            later_from 4
            survived "$signal"
            wait_until is_stopped "$main"
            send USR1
            wait_for_line calls 'kill(.*SIGUSR1'
            is_stopped "$main"
            fails grep -q SIGCONT calls
            kill -CONT "$main"
            send HUP
            ends 3
        done
    done
}

@test "a SIGSTOP soon after INT, QUIT or TERM is undone (123)" {
    local signal options=()
    for way in "${HOSTILE_WAYS[@]}"; do
        around=(strace -f -qq -o "$PWD/calls" -e trace=kill)
        for signal in INT QUIT; do
            survived "$signal"
            wait_for_line calls 'kill(.*SIGCONT'
            send HUP
            ends 3
        done
    done
}

@test "with --stop-timeout a SIGSTOP is undone until main is killed (123)" {
    local options=(--stop-timeout 60s)
    for way in as_pid1 as_child; do
        around=(strace -f -qq -o "$PWD/calls" -e trace=kill)
        survived INT
        wait_for_line calls 'kill(.*SIGCONT'
        send HUP
        ends 3
    done
}
