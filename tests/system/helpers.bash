# shellcheck shell=bash
# What all system tests share: the ways to run foster, and how to wait, ask and judge.
#
# Every run is bounded by LIMIT and is inside a pid namespace of its own, also where foster is not
# PID 1: whatever a faulty init leaves behind, or signals by mistake, ends with that namespace.
# Nothing is waited for by time alone.

bats_require_minimum_version 1.5.0

LIMIT=${LIMIT:-10} # seconds for one run of foster

# The ways that an ordinary behaviour is tried in: PID 1 as root, without any capability, as an
# ordinary user, the user without the capabilities of the new user namespace; and as a child of
# another PID 1, as root and as an ordinary user.
WAYS=(as_pid1 as_pid1_bare as_pid1_user as_pid1_user_bare as_child as_child_user)
PID1_WAYS=(as_pid1 as_pid1_bare as_pid1_user as_pid1_user_bare)
CHILD_WAYS=(as_child as_child_user)

ORDINARY=65534
NAMESPACE=(unshare -pf --mount-proc --kill-child)
USER_NAMESPACE=(unshare -Urpf --mount-proc --kill-child)
AS_USER=(setpriv --reuid="$ORDINARY" --regid="$ORDINARY" --clear-groups)
NO_CAPABILITIES=(setpriv --inh-caps=-all --bounding-set=-all --no-new-privs)
OTHER_PID1=(sh -c '"$@"; exit $?' sh)

via=()    # a command that a test puts in front of foster: env ..., sh -c '...; exec "$@"' sh
around=() # one that it puts in front of all, namespace included: strace ...

# command_line WAY ARG...: the array `line` is what runs foster with these arguments.
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
    line=("${around[@]}" timeout --foreground -s KILL "$LIMIT" "${line[@]}" "${via[@]}" "$FOSTER" "$@")
}

# foster WAY ARG...: runs it to its end.
foster() {
    local line
    command_line "$@"
    "${line[@]}" 3>&-
}

# start WAY ARG...: runs it in the background. $out and $err are what it writes, $init its pid seen
# from outside.
start() {
    local line
    command_line "$@"
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    : >"$out"
    "${line[@]}" >"$out" 2>"$err" &
    job=$!
    init=$(outside_pid)
}

# start_ready WAY [OPTION...] signals [...]: the same, and main is there, blocks its signals and is
# known as $main.
start_ready() {
    start "$@" 3>&-
    wait_for_line "$out" '^ready '
    main=$(child_named signals)
}

# outside_pid: of the foster of this run, seen from outside; the oldest, as what it starts is called
# foster until exec.
outside_pid() { wait_until pgrep -o -f "^$FOSTER( |\$)" >/dev/null && pgrep -o -f "^$FOSTER( |\$)"; }

# state_of PID: the letter of its state, nothing if it is gone.
state_of() { sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null; }

is_gone() { [ -z "$(state_of "$1")" ]; }
is_in_state() { [ "$(state_of "$2")" = "$1" ]; }

# child_named NAME: the pid, seen from outside, of foster's child of that name.
child_named() { wait_until pgrep -P "$init" -x "$1" >/dev/null && pgrep -P "$init" -x "$1"; }

# wait_until COMMAND...: polls until it is true; fails when the deadline is over.
wait_until() {
    local deadline=$((SECONDS + LIMIT))
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || { echo "in vain: $*" && return 1; }
        sleep 0.01
    done
}

# wait_for_line FILE PATTERN [COUNT]: until COUNT lines, one unless given, match.
wait_for_line() {
    wait_until has_lines "${3:-1}" "$2" "$1" || { cat "$1" && return 1; }
}
has_lines() { [ "$(grep -c "$2" "$3")" -ge "$1" ]; }

# send SIGNAL...: from outside to foster.
send() {
    local signal
    for signal; do
        kill -"$signal" "$init"
    done
}

# ends CODE: what was started ends by itself, with this code.
ends() {
    local code=0
    wait "$job" || code=$?
    [ "$code" -eq "$1" ] || { echo "exit $code, not $1" && tail -n 20 "$out" "$err" && return 1; }
}

# exits CODE WAY ARG...: runs it to its end, which is with this code; $output and $stderr are what
# it wrote.
exits() {
    local code=$1
    shift
    run "-$code" --separate-stderr foster "$@" || {
        echo "$*: exit $status, not $code" && printf 'stdout: %s\nstderr: %s\n' "$output" "$stderr" && return 1
    }
}

# says WORD...: stderr was one line of foster's that has all these words in it.
says() {
    local word
    [[ ${#stderr_lines[@]} -eq 1 && $stderr == "foster: "* ]] || { echo "not one line: $stderr" && return 1; }
    for word; do
        grep -qi -- "$word" <<<"$stderr" || { echo "no \"$word\" in: $stderr" && return 1; }
    done
}

# is TEXT: stdout was exactly this. says_nothing: stderr was empty.
is() { [ "$output" = "$1" ] || { printf 'not "%s" but: %s\n' "$1" "$output" && return 1; }; }
says_nothing() { [ -z "$stderr" ] || { echo "stderr: $stderr" && return 1; }; }

# value KEY: of the lines that `state` printed.
value() { sed -n "s/^$1=//p" <<<"$output"; }

# number_of FIELD PID: of /proc/PID/status.
number_of() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$2/status"; }

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# within FROM MOST: not more than MOST milliseconds have passed since FROM.
within() {
    local passed=$(($(now_ms) - $1))
    [ "$passed" -le "$2" ] || { echo "took $passed ms" && return 1; }
}

# empty_root [OPTION...]: a folder with nothing but foster and the test programs, under the paths
# that they have here. The way in_empty_root is to be there, with the options of bwrap that are
# given: the root is read-only, there is no /proc, /dev, /sys, /tmp or /run, the uid is 65534, and
# there are no capabilities nor ways to new privileges.
empty_root() {
    root=$BATS_TEST_TMPDIR/root
    mkdir -p "$root$BIN"
    cp "$BIN"/* "$root$BIN"
    EMPTY_ROOT=(bwrap --unshare-all "$@" --die-with-parent --uid "$ORDINARY" --gid "$ORDINARY" --cap-drop ALL
        --ro-bind "$root" /)
}

# refusing ERROR CALL...: the kernel fails these system calls with that error, for foster and for
# all it starts.
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

# What a test that failed half-way has left running would be in the next one's way.
teardown() {
    [ -n "$job" ] || return 0
    [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
    pkill -KILL -P "$job" || true
    wait "$job" || true
}
