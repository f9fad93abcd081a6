# shellcheck shell=bash
# Helpers of all bats tests: the ways to run foster, waiting with a deadline, and checks.
#
# Each run of foster has the time limit LIMIT and a pid namespace of its own, also where foster is
# not PID 1: processes that a faulty foster leaves behind, and signals that it sends by mistake,
# stay in that namespace. No test sleeps to wait: wait_until polls for the event.

bats_require_minimum_version 1.5.0

LIMIT=${LIMIT:-10} # seconds for one run of foster

# The ways to run foster: as PID 1 of root, of root without capabilities, of an ordinary user in a
# user namespace, of that user without the namespace's capabilities; and as a child of another PID
# 1, of root and of an ordinary user.
WAYS=(as_pid1 as_pid1_bare as_pid1_user as_pid1_user_bare as_child as_child_user)
PID1_WAYS=(as_pid1 as_pid1_bare as_pid1_user as_pid1_user_bare)
CHILD_WAYS=(as_child as_child_user)

ORDINARY=65534
NAMESPACE=(unshare -pf --mount-proc --kill-child)
USER_NAMESPACE=(unshare -Urpf --mount-proc --kill-child)
AS_USER=(setpriv --reuid="$ORDINARY" --regid="$ORDINARY" --clear-groups)
NO_CAPABILITIES=(setpriv --inh-caps=-all --bounding-set=-all --no-new-privs)
OTHER_PID1=(sh -c '"$@"; exit $?' sh)

via=()    # a command in front of foster, inside the namespace: env ..., sh -c '...; exec "$@"' sh
around=() # a command in front of all, outside the namespace: strace ...

# command_line WAY ARG...: sets the array `line` to the command that runs foster with these
# arguments.
command_line() {
    local way=$1
    shift
    case $way in
    as_pid1) line=("${NAMESPACE[@]}") ;;
    as_pid1_bare) line=("${NAMESPACE[@]}" "${NO_CAPABILITIES[@]}") ;;
    as_pid1_user) line=("${AS_USER[@]}" "${USER_NAMESPACE[@]}") ;;
    as_pid1_user_bare) line=("${AS_USER[@]}" "${USER_NAMESPACE[@]}" "${NO_CAPABILITIES[@]}") ;;
    as_child) line=("${NAMESPACE[@]}" "${OTHER_PID1[@]}") ;;
    as_child_user) line=("${NAMESPACE[@]}" "${OTHER_PID1[@]}" "${AS_USER[@]}") ;;
    in_empty_root) line=("${EMPTY_ROOT[@]}") ;;
    *) echo "no way $way" && return 1 ;;
    esac
    line=("${around[@]}" timeout --foreground -s KILL "$LIMIT" "${line[@]}"
        "${via[@]}" "$FOSTER" "$@")
}

# foster WAY ARG...: runs foster to its end.
foster() {
    local line
    command_line "$@"
    "${line[@]}" 3>&-
}

# start WAY ARG...: runs foster in the background. Sets $out and $err, the files with its output,
# $job, and $init, its pid outside the namespace.
start() {
    local line
    command_line "$@"
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    : >"$out"
    "${line[@]}" >"$out" 2>"$err" &
    job=$!
    init=$(outside_pid)
}

# start_ready WAY [OPTION...] signals [...]: as start, then waits until the program `signals` runs
# as main with its signals blocked. Sets $main, its pid.
start_ready() {
    start "$@" 3>&-
    wait_for_line "$out" '^ready '
    main=$(child_named signals)
}

# outside_pid: prints the pid of this run's foster outside the namespace. It is the oldest process
# of that name: a child of foster has the same name until its exec.
outside_pid() {
    wait_until pgrep -o -f "^$FOSTER( |\$)" >/dev/null && pgrep -o -f "^$FOSTER( |\$)"
}

# state_of PID: prints the letter of the process's state, nothing if there is no such process.
state_of() { sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null; }

is_gone() { [ -z "$(state_of "$1")" ]; }
is_in_state() { [ "$(state_of "$2")" = "$1" ]; }

# child_named NAME: waits for a child of foster with that name, and prints its pid.
child_named() { wait_until pgrep -P "$init" -x "$1" >/dev/null && pgrep -P "$init" -x "$1"; }

# wait_until COMMAND...: polls until the command succeeds; fails after LIMIT seconds.
wait_until() {
    local deadline=$((SECONDS + LIMIT))
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || { echo "in vain: $*" && return 1; }
        sleep 0.01
    done
}

# wait_for_line FILE PATTERN [COUNT]: waits until COUNT lines of the file match, 1 by default.
wait_for_line() {
    wait_until has_lines "${3:-1}" "$2" "$1" || { cat "$1" && return 1; }
}
has_lines() { [ "$(grep -c "$2" "$3")" -ge "$1" ]; }

# send SIGNAL...: sends the signals to foster, from outside the namespace.
send() {
    local signal
    for signal; do
        kill -"$signal" "$init"
    done
}

# ends CODE: waits until the foster in the background ends, and checks its exit code.
ends() {
    local code=0
    wait "$job" || code=$?
    [ "$code" -eq "$1" ] || { echo "exit $code, not $1" && tail -n 20 "$out" "$err" && return 1; }
}

# exits CODE WAY ARG...: runs foster to its end and checks its exit code. Sets $output and $stderr.
exits() {
    local code=$1
    shift
    run "-$code" --separate-stderr foster "$@" || {
        echo "$*: exit $status, not $code"
        printf 'stdout: %s\nstderr: %s\n' "$output" "$stderr"
        return 1
    }
}

# says WORD...: checks that stderr was one line of foster that contains all these words.
says() {
    local word
    [[ ${#stderr_lines[@]} -eq 1 && $stderr == "foster: "* ]] ||
        { echo "not one line: $stderr" && return 1; }
    for word; do
        grep -qi -- "$word" <<<"$stderr" || { echo "no \"$word\" in: $stderr" && return 1; }
    done
}

# is TEXT: checks that stdout was exactly this. says_nothing: checks that stderr was empty.
is() { [ "$output" = "$1" ] || { printf 'not "%s" but: %s\n' "$1" "$output" && return 1; }; }
says_nothing() { [ -z "$stderr" ] || { echo "stderr: $stderr" && return 1; }; }

# value KEY: prints the value of a line KEY=VALUE in the output of the program `state`.
value() { sed -n "s/^$1=//p" <<<"$output"; }

# number_of FIELD PID: prints the number in that field of /proc/PID/status.
number_of() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$2/status"; }

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# within FROM MOST: checks that at most MOST milliseconds have passed since FROM, from now_ms.
within() {
    local passed=$(($(now_ms) - $1))
    [ "$passed" -le "$2" ] || { echo "took $passed ms" && return 1; }
}

# empty_root [OPTION...]: makes a directory with foster and the test programs under their usual
# paths, and nothing else. The way in_empty_root runs foster with that directory as its read-only
# root, by bwrap with the options given: there is no /proc, /dev, /sys, /tmp or /run, the uid is
# 65534, and there are neither capabilities nor ways to new privileges.
empty_root() {
    root=$BATS_TEST_TMPDIR/root
    mkdir -p "$root$BIN"
    cp "$BIN"/* "$root$BIN"
    EMPTY_ROOT=(bwrap --unshare-all "$@" --die-with-parent --uid "$ORDINARY" --gid "$ORDINARY"
        --cap-drop ALL --ro-bind "$root" /)
}

# refusing ERROR CALL...: strace makes these system calls fail with that error, in foster and in all
# of its descendants.
refusing() {
    local error=$1 call
    shift
    around=(strace -f -qq -o /dev/null)
    for call; do
        around+=(-e "inject=$call:error=$error")
    done
}

setup() {
    job='' init=''
    ulimit -S -c 0
    cd "$BATS_TEST_TMPDIR" || return
}

# A test that fails leaves its foster running: it must not meet the next test.
teardown() {
    [ -n "$job" ] || return 0
    [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
    pkill -KILL -P "$job" || true
    wait "$job" || true
}
