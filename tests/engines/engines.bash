# shellcheck shell=bash disable=SC2034 # what is set here is used by the lists
# Helpers of the engine tests: all engines are driven by the same words. Each bats file is a link,
# LIST-ENGINE.bats, to a list of tests; its name gives the engine. Each list has an engine of its
# own, in a world of its own (see `world`), so the machine's engines are not touched. A test whose
# engine is missing is skipped with the reason; where CI=true it fails instead.

bats_require_minimum_version 1.5.0

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(cd "$HERE/../.." && pwd)
FOSTER=$(realpath -m "${FOSTER:-$REPOSITORY/build/foster}")
# What the engines start by themselves: foster, or a program that it stands in for.
INIT=$(realpath -m "${INIT:-$FOSTER}")
PROGRAMS=$(realpath -m "${PROGRAMS:-$REPOSITORY/build/tests}")
IN_IMAGES=("$PROGRAMS"/{orphans,zombies,signals,state,eat,fill,leave,exit,web,cache,ask,every})
NAME=$(basename "$BATS_TEST_FILENAME" .bats)
ENGINE=${NAME#*-}
CGROUP=foster-tests-${BATS_RUN_TMPDIR##*-}-$NAME # above those of all containers

EXAMPLE_IMAGE=localhost/foster-example # docker/Dockerfile
IMAGE=localhost/foster-test
STOPSIGNAL_IMAGE=localhost/foster-stopsignal
PAUSE_IMAGE=localhost/foster-pause

COMMAND_DEADLINE=60 # seconds; the longest that one command of an engine may take
POLL_DEADLINE=10    # seconds; the longest to wait for something that is on its way
POLL_PAUSE=0.05
PROMPTLY=4000       # milliseconds; below the 10 s of the engines, above what a slow machine needs

CGROUP_OPTIONS=(--cgroup-parent "/$CGROUP")
case $ENGINE in
docker)
    CLIENT=(docker --config /run/docker-client)
    CGROUP_OPTIONS=() # its daemon does it for all containers
    ;;
podman | podman-crun)
    CLIENT=(podman --root /run/data --runroot /run/state --storage-driver overlay)
    ;;
podman-rootless)
    CLIENT=(setpriv --reuid foster --regid foster --clear-groups
        env HOME=/run/home XDG_RUNTIME_DIR=/run/home/run podman --storage-driver vfs)
    CGROUP_OPTIONS=() # an ordinary user may not place anything there
    ;;
esac

unset DOCKER_HOST DOCKER_CONTEXT CONTAINER_HOST
export CONTAINERS_CONF=/run/containers.conf DOCKER_BUILDKIT=0

# --- what every list does -------------------------------------------------------------------------

setup_file() {
    engine_up
}

teardown_file() {
    engine_down
}

setup() {
    need_engine
    CONTAINER=test-$BATS_TEST_NUMBER
}

# --- the engine's life ----------------------------------------------------------------------------

# The world ends with this shell, in whatever way.
engine_up() {
    local answer says=$BATS_FILE_TMPDIR/world
    need_programs
    exec {answer}< <(exec setpriv --pdeathsig KILL \
        unshare --fork --kill-child --pid --mount --mount-proc --propagation private --net \
        "$HERE/world" "$ENGINE" "$INIT" "$CGROUP" 2>"$says" 3>&-)
    export WORLD=$! UNAVAILABLE=""
    if [ "$(timeout "$COMMAND_DEADLINE" head -n 1 <&"$answer")" != ready ] ||
        ! { build_images && run_without_foster; } >>"$says" 2>&1; then
        UNAVAILABLE="no $ENGINE: $(tail -n 1 "$says")"
    fi
    exec {answer}<&-
}

# The end of the world's init ends all of its processes.
engine_down() {
    inside kill -TERM 1 2>/dev/null || true
    eventually world_is_gone
    eventually remove_cgroups
}

world_is_gone() {
    ! kill -0 "$WORLD" 2>/dev/null
}

remove_cgroups() {
    find /sys/fs/cgroup -depth -type d \( -name "$CGROUP" -o -path "*/$CGROUP/*" \) \
        -exec rmdir {} + 2>/dev/null
}

need_engine() {
    if [ -n "$UNAVAILABLE" ]; then
        skip_unless_ci "$UNAVAILABLE"
    fi
}

skip_unless_ci() {
    if [ "${CI:-}" = true ]; then
        echo "$1" >&2
        return 1
    fi
    skip "$1"
}

# Files that make builds must be there: their lack is no reason to skip.
need_programs() {
    local program
    for program in "$FOSTER" "$INIT" "${IN_IMAGES[@]}"; do
        if [ ! -x "$program" ]; then
            echo "no $program: run make first" >&2
            return 1
        fi
    done
}

build_images() {
    local context=/run/context
    inside install -D -t "$context/tests" "${IN_IMAGES[@]}" &&
        inside install "$FOSTER" "$context/foster" &&
        inside install "$INIT" "$context/init" &&
        inside install "$(command -v busybox)" "$context/busybox" &&
        inside install -m 644 -t "$context" "$REPOSITORY/docker/Dockerfile" "$HERE/Containerfile" &&
        engine build --quiet --tag "$EXAMPLE_IMAGE" --file "$context/Dockerfile" "$context" &&
        engine build --quiet --tag "$IMAGE" --target test --file "$context/Containerfile" \
            "$context" &&
        engine build --quiet --tag "$STOPSIGNAL_IMAGE" --target stopsignal \
            --file "$context/Containerfile" "$context" &&
        engine build --quiet --tag "$PAUSE_IMAGE" --file "$context/Containerfile" "$context"
}

# The images of docker/services, by the words of its Dockerfile.
build_services_examples() {
    local target
    inside cp -r "$REPOSITORY/docker/services" /run/services
    engine tag "$EXAMPLE_IMAGE" foster-example
    for target in services sidecar cron; do
        engine build --quiet --tag "foster-$target" --target "$target" /run/services
    done
}

# Can this engine run a container at all?
run_without_foster() {
    CONTAINER=first run_container --entrypoint /bin/exit "$IMAGE" 0
}

# --- its verbs ------------------------------------------------------------------------------------

# Runs a command inside the world. Descriptor 3 is bats' own: bats waits until it is closed.
inside() {
    timeout "$COMMAND_DEADLINE" nsenter --mount="/proc/$WORLD/ns/mnt" --net="/proc/$WORLD/ns/net" \
        --pid="/proc/$WORLD/ns/pid_for_children" "$@" 3>&-
}

# Any command of the engine's client.
engine() {
    inside "${CLIENT[@]}" "$@"
}

# run_container on a terminal of its own, for arguments without blanks. The keyboard is a pipe that
# never ends.
run_on_terminal() {
    mkfifo "$BATS_TEST_TMPDIR/keyboard"
    inside script --quiet --return /dev/null --command \
        "${CLIENT[*]} run --interactive --tty --name $CONTAINER ${CGROUP_OPTIONS[*]} $*" \
        <>"$BATS_TEST_TMPDIR/keyboard"
}

# Types the text, as printf formats it.
type_keys() {
    # shellcheck disable=SC2059
    printf "$1" >"$BATS_TEST_TMPDIR/keyboard"
}

# Runs a container to its end, and passes on its output and exit code.
run_container() {
    engine run --name "$CONTAINER" "${CGROUP_OPTIONS[@]}" "$@"
}

start_container() {
    run_container --detach "$@" >/dev/null
}

# Starts main and waits until it is ready for signals.
start_ready() {
    start_container "$@"
    eventually output_has_line 'ready [0-9]*'
}

# Prints the exit code of main once the container has ended.
exit_code() {
    engine wait "$CONTAINER"
}

in_container() {
    engine exec "$CONTAINER" "$@"
}

signal_container() {
    engine kill --signal "$1" "$CONTAINER" >/dev/null
}

# The engine kills after 30 s; a container that needs less time was not killed by it.
stop_container() {
    engine stop -t 30 "$CONTAINER" >/dev/null
}

# The container's output, without its stderr.
output_has_line() {
    engine logs "$CONTAINER" 2>/dev/null | tr -d '\r' | grep -qx -- "$1"
}

no_zombies() {
    in_container zombies
}

property() {
    engine inspect --format "$1" "$CONTAINER"
}

# --- several services -----------------------------------------------------------------------------

ctl() {
    in_container /foster ctl "$@"
}

# Checks that all services of docker/services/services.conf are up and work.
services_are_well() {
    eventually ctl health
    [ "$(in_container ask 6379 'get schema')" = 1 ] # the migration
    in_container ask 8080 'GET /' | grep -q '^visits [1-9]'
    eventually worker_has_worked
}

worker_has_worked() {
    [ "$(in_container ask 6379 'get jobs')" -ge 1 ]
}

# --- time -----------------------------------------------------------------------------------------

# Tries a command until it succeeds.
eventually() {
    local deadline=$((SECONDS + POLL_DEADLINE))
    until "$@"; do
        if ((SECONDS > deadline)); then
            echo "not within $POLL_DEADLINE s: $*" >&2
            return 1
        fi
        sleep "$POLL_PAUSE"
    done
}

# milliseconds_of COMMAND...: runs it, and sets $milliseconds to the time that it took.
milliseconds_of() {
    local start=${EPOCHREALTIME/./}
    "$@"
    milliseconds=$(((${EPOCHREALTIME/./} - start) / 1000))
}
