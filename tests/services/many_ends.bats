#!/usr/bin/env bats
# Many services end in one moment: SIGCHLD comes once, and each is started again. From 200 services
# on foster has a pidfd for each, which names the children that have ended (src/children/pidfds.h);
# without pidfds it searches.

load helpers

MANY=200

many_services() {
    local number
    for ((number = 1; number <= MANY; number++)); do
        printf '[s%s]\ncommand = service s%s\n' "$number" "$number"
        printf 'restart = always\nrestart_delay = 1ms\n'
    done >conf
}
has_started() { happens 's[0-9]* starts' "$1"; }
# The pidfds are in the table of the signal thread, which gives them out at the next SIGCHLD. The
# supervisor, whose table each start copies, has none.
descriptors_are() {
    kill -CHLD "$init"
    [ "$(find "/proc/$init/fd" -lname '*pidfd*' | wc -l)" -eq "$1" ]
}
no_start_copies_them() {
    local thread
    for thread in "/proc/$init/task"/*; do
        [ "${thread##*/}" -eq "$init" ] ||
            [ "$(find "$thread/fd" -lname '*pidfd*' | wc -l)" -eq 0 ] || return
    done
}
are_dead() { [ "$(pgrep -r Z -P "$init" -c)" -eq "$1" ]; }
nobody_is() { are_dead 0; }

# all_die_at_once: kills all while foster is stopped, so one SIGCHLD comes for all.
all_die_at_once() {
    local victims
    mapfile -t victims < <(pgrep -P "$init" service)
    [ ${#victims[@]} -eq "$MANY" ]
    kill -STOP "$init"
    kill -KILL "${victims[@]}"
    wait_until are_dead "$MANY"
    kill -CONT "$init"
}

# all_are_started_again DESCRIPTORS [CODE]: kills all, twice. Checks the number of pidfds before and
# after, and foster's exit code, 0 by default.
all_are_started_again() {
    local round
    has_started "$MANY"
    for round in 2 3; do
        wait_until descriptors_are "$1"
        no_start_copies_them
        all_die_at_once
        has_started "$((round * MANY))"
    done
    wait_until nobody_is
    wait_until descriptors_are "$1"
    send TERM
    ends "${2:-0}"
}

@test "all services end in one moment: all are started again" {
    many_services
    for way in as_pid1 as_child; do
        run_foster "$way"
        all_are_started_again "$MANY"
    done
}

@test "fewer services, without pidfds, end in one moment: all are started again" {
    MANY=199
    many_services
    run_foster as_pid1
    all_are_started_again 0
}

@test "services with fewer than four descriptors for each end: all are started again" {
    many_services
    via=(sh -c "ulimit -n $((4 * MANY)); exec \"\$@\"" sh)
    for way in as_pid1 as_child; do
        run_foster "$way"
        all_are_started_again 0
    done
}

@test "services beside a command end: all start again, and the command keeps its descriptors" {
    many_services
    for way in as_pid1 as_child; do
        via=(sh -c 'exec 9<>inherited; exec "$@"' sh)
        run_foster "$way" -- sh -c 'test -e /proc/$$/fd/9 && echo there >inherited; exec sleep 100'
        wait_for_line inherited there
        all_are_started_again "$((MANY + 1))" 143
    done
}

# all_die_where DESCRIPTORS ERROR CALL...: the same where these system calls fail.
all_die_where() {
    local count=$1
    shift
    refusing "$@"
    via=("${around[@]}") around=()
    run_foster as_child
    has_started "$MANY"
    pkill -KILL -P "$init" service
    has_started "$((2 * MANY))"
    wait_until descriptors_are "$count"
    no_start_copies_them
    wait_until nobody_is
    send TERM
    ends 0
}

@test "without pidfds and without close_range all services are started again (61)" {
    many_services
    all_die_where 0 ENOSYS pidfd_open
    all_die_where "$MANY" ENOSYS close_range
}

@test "where unshare(CLONE_FILES) fails, foster uses no pidfds that a start would copy (61)" {
    many_services
    all_die_where 0 EPERM close_range unshare
}

# They are children of the supervisor, as if foster had started them (CLONE_PARENT in clone(2)).
@test "children that a service adds to foster with CLONE_PARENT are reaped" {
    many_services
    printf '[a]\ncommand = brothers 3\n' >>conf
    run_foster as_pid1
    wait_for_line "$out" '^3 brothers'
    mapfile -t brothers < <(child_named brothers) # the service is the first
    [ "${#brothers[@]}" -eq 4 ]
    kill -KILL "${brothers[3]}"
    wait_until is_gone "${brothers[3]}"
    kill -STOP "$init"
    kill -KILL "${brothers[0]}"
    wait_until are_dead 1
    kill -KILL "${brothers[@]:1:2}"
    wait_until are_dead 3
    kill -CONT "$init"
    reaches a failed
    wait_until nobody_is # without a signal
    send TERM
    ends 0
}
