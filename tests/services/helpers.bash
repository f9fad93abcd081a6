# shellcheck shell=bash
# Helpers of the tests with services, on top of ../system/helpers.bash: the configuration, the
# journal, and foster ctl. The test program `service` appends a line to the journal at each event:
# NAME EVENT PID MS.
#
# Each test has a directory of its own with the files `conf`, `journal` and `sock`. A test that
# needs a port has a network namespace of its own.

# Seconds for one run of foster; more than in ../system, as services wait for each other.
LIMIT=${LIMIT:-30}

load ../system/helpers

# The ways to run foster with services; see WAYS in ../system/helpers.bash.
SERVICE_WAYS=(as_pid1 as_pid1_user as_child)

# configure: writes the configuration from stdin.
configure() { cat >conf; }

# run_foster WAY ARG...: starts foster in the background with the configuration and a control
# socket, and waits until it answers.
run_foster() {
    local way=$1
    shift
    prepare_folder
    start "$way" --control "$PWD/sock" --config conf "$@" 3>&-
    asking=()
    [[ $way != *_user && "${via[*]}" != "${AS_USER[*]}" ]] || asking=("${AS_USER[@]}")
    wait_until answers
}
# The command in front of foster ctl: foster ctl of root trusts no other user that is not PID 1, and
# a uid inside a user namespace is another one outside.
asking=()
answers() { ctl status >/dev/null 2>&1; }

# exits_with CODE WAY ARG...: as exits, with the configuration.
exits_with() {
    local code=$1 way=$2
    shift 2
    prepare_folder
    exits "$code" "$way" --control "$PWD/sock" --config conf "$@"
}

# An ordinary user may write to the directory, and all services find the journal.
prepare_folder() {
    chmod 777 .
    export JOURNAL=$PWD/journal
    : >journal
    chmod 666 journal
}

ctl() { "${asking[@]}" timeout "$LIMIT" "$FOSTER" ctl --control "$PWD/sock" "$@" 3>&-; }

# state NAME, pid NAME: prints the state or the pid of a service, as ctl status reports it.
state() { field "$1" state; }
pid() { field "$1" pid; }
field() {
    ctl status --json |
        jq -r --arg name "$1" --arg key "$2" '.services[] | select(.name == $name)[$key]'
}

# reaches NAME STATE: waits until the service is in that state.
reaches() {
    wait_until is_now "$1" "$2" || { ctl status && tail -n 20 "$out" "$err" && return 1; }
}
is_now() { [ "$(state "$1")" = "$2" ]; }

# happens PATTERN [COUNT]: waits until COUNT lines of the journal, 1 by default, begin with this.
happens() { wait_for_line journal "^$1 " "${2:-1}" || { tail -n 20 "$out" "$err" && return 1; }; }

# count PATTERN: prints how many lines of the journal begin with this.
count() { grep -c "^$1 " journal || true; }

# never PATTERN: checks that no line of the journal begins with this.
never() { [ "$(count "$1")" -eq 0 ] || { cat journal && return 1; }; }

# in_order PATTERN...: checks that the first lines of these patterns are in this order.
in_order() {
    local pattern line last=0
    for pattern; do
        line=$(grep -n -m 1 "^$pattern " journal | cut -d: -f1)
        [ "${line:-0}" -gt "$last" ] ||
            { echo "not in its place: $pattern" && cat journal && return 1; }
        last=$line
    done
}

# gap PATTERN FROM TO: prints the milliseconds between the FROM-th matching line and the TO-th.
gap() {
    awk -v line="^$1 " -v from="$2" -v to="$3" \
        '$0 ~ line { at[++n] = $NF } END { print at[to] - at[from] }' journal
}

# between LEAST NUMBER MOST: checks that the number is in that range.
between() { [[ $1 -le $2 && $2 -le $3 ]] || { echo "$2 is not in $1..$3" && return 1; }; }

# told PATTERN [COUNT]: checks that COUNT lines of stderr match, 1 by default, of the foster in the
# background.
told() { [ "$(grep -c -- "$1" "$err")" -eq "${2:-1}" ] || { cat "$err" && return 1; }; }

# silent: checks that its stderr is empty.
silent() { [ ! -s "$err" ] || { cat "$err" && return 1; }; }

# own_network: foster will run in a network namespace of its own, with a loopback interface.
# inside COMMAND...: runs a command there.
own_network() {
    NAMESPACE+=(-n)
    via=(sh -c 'ip link set lo up; exec "$@"' sh)
}
inside() { nsenter -t "$init" -n "$@" 3>&-; }

# call PORT: connects to the port of the loopback, and prints the answer.
call() { inside timeout "$LIMIT" socat -u "TCP4:127.0.0.1:$1" -; }

# threads_of PID: prints the number of its threads.
threads_of() { find "/proc/$1/task" -mindepth 1 -maxdepth 1 | wc -l; }

# fails COMMAND...: checks that the command fails.
fails() { ! "$@" || { echo "succeeds: $*" && return 1; }; }
