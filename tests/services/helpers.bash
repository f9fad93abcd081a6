# shellcheck shell=bash
# What the tests of services share, beyond the ways to run foster of ../system/helpers.bash: a
# configuration, the journal in which the test program `service` tells what happens to it, and
# foster ctl.
#
# Each test has a folder of its own, and in it `conf`, `journal` and `sock`. Tests of the network
# are in a network namespace, so that a port is theirs.

LIMIT=${LIMIT:-30} # seconds for one run of foster: services wait for each other, also on a machine that is busy

load ../system/helpers

# The ways that an ordinary behaviour of services is tried in.
SERVICE_WAYS=(as_pid1 as_pid1_user as_child)

# configure: the configuration, from stdin.
configure() { cat >conf; }

# run_foster WAY ARG...: starts it in the background with the configuration and a control socket; it
# answers.
run_foster() {
    local way=$1
    shift
    prepare_folder
    start "$way" --control "$PWD/sock" --config conf "$@" 3>&-
    asking=()
    [[ $way != *_user && "${via[*]}" != "${AS_USER[*]}" ]] || asking=("${AS_USER[@]}")
    wait_until answers
}
asking=() # the uid outside of a user namespace is not root's inside, and root believes no user who is not PID 1
answers() { ctl status >/dev/null 2>&1; }

# exits_with CODE WAY ARG...: as exits, with the configuration. Without a control socket of its own:
# nobody asks.
exits_with() {
    local code=$1 way=$2
    shift 2
    prepare_folder
    exits "$code" "$way" --control "$PWD/sock" --config conf "$@"
}

# The folder is the user's too, and all are to find the journal.
prepare_folder() {
    chmod 777 .
    export JOURNAL=$PWD/journal
    : >journal
    chmod 666 journal
}

ctl() { "${asking[@]}" timeout "$LIMIT" "$FOSTER" ctl --control "$PWD/sock" "$@" 3>&-; }

# state NAME, pid NAME: of a service, as foster tells.
state() { field "$1" state; }
pid() { field "$1" pid; }
field() { ctl status --json | jq -r --arg name "$1" --arg key "$2" '.services[] | select(.name == $name)[$key]'; }

# reaches NAME STATE: the service comes into that state.
reaches() { wait_until is_now "$1" "$2" || { ctl status && tail -n 20 "$out" "$err" && return 1; }; }
is_now() { [ "$(state "$1")" = "$2" ]; }

# happens PATTERN [COUNT]: the journal has a line, or so many, that match from their beginning.
happens() { wait_for_line journal "^$1 " "${2:-1}" || { tail -n 20 "$out" "$err" && return 1; }; }

# count PATTERN: how many there are.
count() { grep -c "^$1 " journal || true; }

# never PATTERN: there is none.
never() { [ "$(count "$1")" -eq 0 ] || { cat journal && return 1; }; }

# in_order PATTERN...: the first line of each pattern comes after the first line of the one before.
in_order() {
    local pattern line last=0
    for pattern; do
        line=$(grep -n -m 1 "^$pattern " journal | cut -d: -f1)
        [ "${line:-0}" -gt "$last" ] || { echo "not in its place: $pattern" && cat journal && return 1; }
        last=$line
    done
}

# gap PATTERN FROM TO: the milliseconds between its FROM-th line and its TO-th.
gap() { awk -v p="^$1 " -v a="$2" -v b="$3" '$0 ~ p { at[++n] = $NF } END { print at[b] - at[a] }' journal; }

# between LEAST NUMBER MOST
between() { [[ $1 -le $2 && $2 -le $3 ]] || { echo "$2 is not in $1..$3" && return 1; }; }

# told PATTERN [COUNT]: stderr of the foster in the background has so many lines that match, one
# unless given.
told() { [ "$(grep -c -- "$1" "$err")" -eq "${2:-1}" ] || { cat "$err" && return 1; }; }

# silent: it has said nothing.
silent() { [ ! -s "$err" ] || { cat "$err" && return 1; }; }

# own_network: foster is to be in a network namespace of its own, with a loopback; inside
# COMMAND...: run there.
own_network() {
    NAMESPACE+=(-n)
    via=(sh -c 'ip link set lo up; exec "$@"' sh)
}
inside() { nsenter -t "$init" -n "$@" 3>&-; }

# call PORT: connects and prints what is answered.
call() { inside timeout "$LIMIT" socat -u "TCP4:127.0.0.1:$1" -; }

# threads_of PID: how many threads it has.
threads_of() { find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc -l; }

# fails COMMAND...: it does.
fails() { ! "$@" || { echo "succeeds: $*" && return 1; }; }
