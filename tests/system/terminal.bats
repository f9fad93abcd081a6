#!/usr/bin/env bats
# Terminals: main is in the foreground, job control works, and foster neither takes nor loses the
# terminal.

load helpers

# on_terminal WAY ARG...: runs foster on a terminal of its own, under the script on stdin, in the
# words of terminal.exp.
on_terminal() {
    local line
    command_line "$@"
    run timeout "$((2 * LIMIT))" \
        expect -f <(cat "$BATS_TEST_DIRNAME/terminal.exp" -) -- "${line[@]}"
    [ "$status" -eq 0 ] || { echo "$output" && return 1; }
}

SHELL_AS_MAIN=(env 'PS1=READY> ' bash --norc --noprofile -i)

@test "an interactive shell has job control, without a warning (43)" {
    for way in "${WAYS[@]}"; do
        on_terminal "$way" "${SHELL_AS_MAIN[@]}" <<'EXPECT'
see "READY> "
type "set -o | grep monitor\r"
see "monitor.*on"
see "READY> "
type "sleep 60 & jobs; fg\r"
see "Running"
in_foreground [process sleep]
type "\003"
see "READY> "
type "exit 5\r"
leave 5
EXPECT
        [[ $output != *"terminal process group"* && $output != *"no job control"* ]]
        [[ $output != *"foster:"* ]]
    done
}

@test "Ctrl-C reaches the job in the foreground only (43)" {
    for way in as_pid1 as_child; do
        on_terminal "$way" "${SHELL_AS_MAIN[@]}" <<'EXPECT'
see "READY> "
type "signals &\r"
see "ready"
type "sh -c 'echo u''p; exec sleep 60'\r"
see "up\r\n"
type "\003"
see "READY> "
type "echo code \$?\r"
see "code 130"
see "READY> "
type "kill -USR1 %1; kill %1\r"
see "signal (\[0-9]+)"
if {$expect_out(1,string) != 10} { missing "signal 10" }
see "signal 15"
type "\r"
see "READY> "
type "exit 5\r"
leave 5
EXPECT
    done
}

@test "Ctrl-Z stops the job in the foreground (44)" {
    for way in "${WAYS[@]}"; do
        on_terminal "$way" "${SHELL_AS_MAIN[@]}" <<'EXPECT'
see "READY> "
type "sleep 60\r"
set job [process sleep]
in_foreground $job
type "\032"
see "Stopped"
see "READY> "
in_state T $job
type "kill %1; fg\r"
see "READY> "
type "exit 5\r"
leave 5
EXPECT
    done
}

@test "main is in the foreground without foster: Ctrl-C comes once (43)" {
    for way in as_pid1 as_child; do
        on_terminal "$way" signals <<'EXPECT'
see "ready"
type "\003"
see "signal 2\r"
exec kill -HUP [process foster]
see "signal 1\r"
exec kill -TERM [process foster]
leave 0
EXPECT
        [ "$(grep -c 'signal' <<<"$output")" -eq 3 ]
        on_terminal "$way" sleep 60 <<'EXPECT'
in_foreground [process sleep]
type "\003"
leave 130
EXPECT
    done
}

@test "a command that the terminal's keys end prints nothing, with services and without (43, 103)" {
    printf '[web]\ncommand = sleep 60\n' >conf
    for way in as_pid1 as_child; do
        for options in "" "--config conf --"; do
            # shellcheck disable=SC2086 # words
            on_terminal "$way" $options sh -c 'echo up; exec sleep 61' <<'EXPECT'
see "up"
type "\003"
leave 130
EXPECT
            [[ $output != *"foster:"* ]]
        done
    done
}

@test "main is in the foreground from its first instruction (43)" {
    for way in "${WAYS[@]}"; do
        for options in '' -g; do
            # shellcheck disable=SC2086
            on_terminal "$way" $options state <<<'leave 0'
            output=${output//$'\r'/}
            [ "$(value foreground)" = "$(value pgrp)" ]
            [ "$(value pgrp)" = "$(value pid)" ]
        done
    done
}

@test "--setsid: main has a session of its own" {
    for way in "${WAYS[@]}"; do
        exits 0 "$way" --setsid state
        [ "$(value session)" = "$(value pid)" ]
        on_terminal "$way" --setsid state <<<'leave 0'
        output=${output//$'\r'/}
        [ "$(value session)" = "$(value pid)" ]
    done
}

# Foster is the leader of the terminal's session, as the PID 1 of a container is.
as_session_leader() { via=(setsid --ctty); }

@test "--setsid: main has foster's terminal in its own session" {
    as_session_leader
    for way in as_pid1 as_child; do
        on_terminal "$way" --setsid state <<<'leave 0'
        output=${output//$'\r'/}
        [ "$(value session)" = "$(value pid)" ]
        [ "$(value foreground)" = "$(value pgrp)" ]
    done
}

@test "TOSTOP does not stop foster when it writes (46)" {
    for way in as_pid1 as_child; do
        on_terminal "$way" -vv -w sh -c 'stty tostop; orphans 3; exit 5' <<<'leave 5'
        [ "$(grep -c 'foster: .*orphan' <<<"$output")" -eq 3 ]
    done
}

@test "--setsid: main gets neither HUP nor CONT when foster releases the terminal (47)" {
    as_session_leader
    for way in as_pid1 as_child; do
        on_terminal "$way" --setsid signals <<'EXPECT'
see "ready"
exec kill -USR1 [process foster]
see "signal 10"
exec kill -TERM [process foster]
leave 0
EXPECT
        [ "$(grep -c signal <<<"$output")" -eq 2 ]
    done
}

@test "stdin closed, /dev/null, a pipe or a file: main starts (48)" {
    echo text >file
    mkfifo -m 666 pipe
    for way in "${WAYS[@]}"; do
        for stdin in '<&-' '</dev/null' '<file' '<>pipe'; do
            via=(sh -c "exec \"\$@\" $stdin" sh)
            for options in '' --setsid; do
                # shellcheck disable=SC2086
                exits 7 "$way" $options exit 7
                says_nothing
            done
        done
    done
}

@test "all three standard descriptors closed: main starts (48)" {
    via=(sh -c 'exec "$@" <&- >&- 2>&-' sh)
    for way in "${WAYS[@]}"; do
        exits 7 "$way" exit 7
    done
}

@test "a terminal on stdin that is not foster's own: main starts (48)" {
    via=(setsid -w sh -c 'exec "$@"' sh)
    on_terminal as_child exit 7 <<<'leave 7'
    [[ $output != *foster:* ]]
}

# Foster is a job of an interactive shell, which is PID 1 there.
under_shell() { via=(bash --norc --noprofile -ic "$1; exit 5" bash); }

@test "foster that is not in the foreground does not take the terminal (49)" {
    under_shell '"$@" & wait $!'
    on_terminal as_pid1 state <<<'leave 5'
    output=${output//$'\r'/}
    [ "$(value foreground)" -gt 0 ]
    [ "$(value foreground)" -ne "$(value pgrp)" ]
}

@test "when foster ends the terminal is its caller's again (49)" {
    under_shell '"$@"; echo code $?; read -r line; echo "read $line"'
    on_terminal as_pid1 sh -c 'exit 4' <<'EXPECT'
see "code 4"
type "something\r"
see "read something"
leave 5
EXPECT
}

@test "foster in foster: the terminal, job control and signals work (50)" {
    for way in as_pid1 as_child; do
        on_terminal "$way" "$FOSTER" "${SHELL_AS_MAIN[@]}" <<'EXPECT'
see "READY> "
type "sleep 60\r"
set job [process sleep]
in_foreground $job
type "\032"
see "Stopped"
see "READY> "
type "fg\r"
in_foreground $job
type "\003"
see "READY> "
type "exec signals -x TERM 6\r"
see "ready"
exec kill -TERM [process foster]
leave 6
EXPECT
        [[ $output != *"foster:"* && $output != *"terminal process group"* ]]
    done
}

@test "foster in foster without a terminal works (50)" {
    for way in "${WAYS[@]}"; do
        start_nested "$way"
        send TERM
        ends 0
        [ ! -s "$err" ]
    done
}
start_nested() {
    start "$1" -- "$FOSTER" -- signals 3>&-
    wait_for_line "$out" '^ready '
}

@test "when the window changes its size main gets one WINCH (51)" {
    for way in as_pid1 as_child; do
        on_terminal "$way" signals <<'EXPECT'
see "ready"
exec stty rows 30 < $spawn_out(slave,name)
see "signal 28"
exec kill -USR1 [process foster]
see "signal 10"
exec kill -TERM [process foster]
leave 0
EXPECT
        [ "$(grep -c 'signal 28' <<<"$output")" -eq 1 ]
    done
}
