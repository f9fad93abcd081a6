#!/bin/bash
# real.sh [RUNS]: foster, supervisord and s6 with the same real services (redis, PostgreSQL, a
# migration, nginx, cron; see tests/real) over the same Debian root, each as PID 1 of namespaces of
# its own. A command, not a test:
#
#     make all && tests/bench/real.sh
#
# Prints a table. The size is that of the files which the supervisor adds to the image, with all
# that it depends on; the memory is the proportional set size of the supervising processes once all
# is up; the start is the time from PID 1's exec until nginx, which waits for all but cron, answers;
# the restart is the longest that a client waits for its page while nginx is restarted, and the
# attempts are those that failed meanwhile, 10 ms apart; the stop is from SIGTERM to PID 1 until
# nobody is left; the lines are those of configuration and scripts. What was measured is the median
# of RUNS, 5 if not given. Needs root, a network for the first time, and the Debian package
# debootstrap.
set -Eeuo pipefail
trap 'echo "real.sh: line $LINENO: $BASH_COMMAND: failed" >&2' ERR

HERE=$(cd "$(dirname "$0")" && pwd)
REAL=$HERE/../real
FOSTER=$(realpath "${FOSTER:-$HERE/../../build/foster}")
readonly DEADLINE=20 # seconds, for a start or a stop
readonly SETTLE=2    # seconds until memory is measured,
readonly APART=0.5   # and of a client's life before and after a restart
readonly KINDS=(foster supervisord s6)
declare -A command=(
    [foster]='/sbin/foster'
    [supervisord]='/usr/bin/supervisord --configuration /etc/supervisor/supervisord.conf'
    [s6]='/usr/bin/s6-svscan /etc/s6')
declare -A restart=(
    [foster]='/sbin/foster ctl restart web'
    [supervisord]='/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart web'
    [s6]='/usr/bin/s6-svc -wr -r /etc/s6/web')
declare -A package=([supervisord]=supervisor [s6]=s6)
# The processes that supervise, and what was added to help them: a pattern for their command lines.
declare -A supervising=([foster]='^/sbin/foster' [supervisord]='supervisord|/srv/'
    [s6]='^(/usr/bin/)?s6-')

# --- inside the namespaces ------------------------------------------------------------------------

# Becomes the supervisor of that kind, in a root of its own, which lies in memory.
become() {
    mount -t tmpfs tmpfs "$work/mnt"
    mkdir "$work/mnt"/{upper,overlay,merged}
    cp -r "$REAL/$1/." "$work/mnt/upper"
    mount -t overlay overlay "$work/mnt/merged" -o "lowerdir=$work/$1:$work/root" \
        -o "upperdir=$work/mnt/upper,workdir=$work/mnt/overlay"
    cd "$work/mnt/merged"
    mount -t proc proc proc
    mount --rbind /dev dev
    mount -t tmpfs -o mode=1777 tmpfs dev/shm
    ip link set lo up
    echo "${EPOCHREALTIME/./}" >"$work/started"
    # shellcheck disable=SC2086 # a command line
    exec chroot . /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ${command[$1]}
}

if [ "${1-}" = --become ]; then
    work=$3
    become "$2"
fi

# --- outside --------------------------------------------------------------------------------------

# What each has below the root that they share.
make_roots() {
    mkdir -p "$work"/{mnt,root,foster/sbin,supervisord,s6}
    tar --directory "$work/root" --extract --file "$("$REAL/root.sh")"
    cp -r "$REAL/services/." "$work/root"
    cp "$FOSTER" "$work/foster/sbin/foster"
    for kind in supervisord s6; do
        tar --directory "$work/$kind" --extract --file "$("$REAL/root.sh" "${package[$kind]}")"
    done
}

# In KiB.
size_added() {
    find "$work/$1" -type f -printf '%s\n' |
        awk '{ bytes += $1 } END { print int((bytes + 1023) / 1024) }'
}

# Neither empty nor a comment.
configuration_lines() {
    find "$REAL/$1" -type f -exec grep -hvE '^[[:space:]]*($|[#;])' {} + | wc -l
}

inside() {
    timeout "$DEADLINE" nsenter --target "$pid" --mount --pid --net --root --wd "$@"
}

# Waits for nginx, and prints when it answered.
first_answer() {
    # shellcheck disable=SC2016 # the inner shell's
    inside bash -c 'ask() { printf "GET / HTTP/1.0\r\n\r\n" >&5; grep -q served <&5; }
        until { ask 5<>/dev/tcp/127.0.0.1/80; } 2>/dev/null; do sleep 0.01; done
        echo "${EPOCHREALTIME/./}"'
}

# "PROCESSES KIB" of those that supervise.
memory() {
    local process
    for process in $(pgrep --ns "$pid" --nslist pid .); do
        tr '\0' ' ' <"/proc/$process/cmdline" | grep -qE "${supervising[$1]}" || continue
        cat "/proc/$process/smaps_rollup" 2>/dev/null || true # it may have ended
    done | awk '/^Pss:/ { processes++; kib += $2 } END { print processes, kib }'
}

# What a client meets while nginx is restarted: "MILLISECONDS ATTEMPTS".
restarting() {
    local client requests attempts longest
    inside client http >"$work/client" &
    client=$!
    sleep "$APART"
    # shellcheck disable=SC2086 # a command line
    inside ${restart[$1]} >/dev/null
    sleep "$APART"
    inside touch /tmp/enough
    wait "$client"
    read -r _ requests _ attempts _ longest <"$work/client"
    ((requests > 1)) || { echo "real.sh: $1: the client asked $requests times" >&2; return 1; }
    echo "$longest $attempts"
}

# One run: "START STOP PROCESSES KIB RESTART ATTEMPTS", times in milliseconds.
run() {
    local answered memory restarted stopping
    rm -f "$work/started"
    unshare --fork --kill-child --pid --mount --net --ipc --propagation private \
        "$HERE/real.sh" --become "$1" "$work" >"$work/$1.log" 2>&1 &
    runner=$!
    until [ -s "$work/started" ]; do sleep 0.01; done
    pid=$(pgrep --parent "$runner")
    answered=$(first_answer)
    sleep "$SETTLE"
    memory=$(memory "$1")
    restarted=$(restarting "$1")
    stopping=${EPOCHREALTIME/./}
    kill -TERM "$pid"
    wait "$runner" || true
    runner=
    ended=${EPOCHREALTIME/./}
    echo "$(((answered - $(<"$work/started")) / 1000)) $(((ended - stopping) / 1000))" \
        "$memory $restarted"
}

# median COLUMN
median() {
    cut -d ' ' -f "$1" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

[ "$(id -u)" = 0 ] || { echo "real.sh: needs root" >&2; exit 1; }
"$HERE/../need.sh" debootstrap procps util-linux iproute2
work=$(mktemp --directory "$HERE/../../build/real.XXXXXX")
work=$(realpath "$work")
runner=
trap '[ -z "$runner" ] || kill -KILL "$runner"; rm -rf --one-file-system "$work"' EXIT
make_roots
for ((turn = 0; turn < ${1:-5}; turn++)); do
    for kind in "${KINDS[@]}"; do run "$kind" >>"$work/$kind.runs"; done
done
print_row() {
    printf '|'
    printf ' %s |' "$@"
    echo
}

print_row '' 'adds, KiB' processes 'memory, KiB' 'start, ms' 'restart, ms' attempts 'stop, ms' \
    'lines'
print_row --- --: --: --: --: --: --: --: --:
for kind in "${KINDS[@]}"; do
    measured=()
    for column in 3 4 1 5 6 2; do measured+=("$(median "$column" <"$work/$kind.runs")"); done
    print_row "$kind" "$(size_added "$kind")" "${measured[@]}" "$(configuration_lines "$kind")"
done
