#!/usr/bin/env bats
# Another user has bound the control socket's path, or its abstract name, first.

load helpers

LINE='foster: the server at .* is not trusted: it runs as uid [0-9]*; '
LINE+='it must be PID 1, or run as root or as this user'

# impersonate UID NAME: a process of that uid listens there, and answers each client.
impersonate() {
    prepare_folder
    setpriv --reuid="$1" --regid="$1" --clear-groups "$BIN/impostor" "$2" >impostor 3>&- &
    impostor=$!
    wait_for_line impostor ready
}
teardown() { [ -z "${impostor:-}" ] || kill "$impostor" || true; }

# asks CODE NAME COMMAND...: runs ctl health with the command in front, and checks its exit code.
# The file `seen` has what it prints.
asks() {
    local code=0 expected=$1 name=$2
    shift 2
    "$@" timeout 10 "$FOSTER" ctl --control "$name" health >seen 2>&1 3>&- || code=$?
    [ "$code" -eq "$expected" ] || { echo "exit $code" && cat seen && return 1; }
}

@test "ctl of root and of a user does not trust a socket of another user (119)" {
    impersonate 1234 "$PWD/theirs"
    for who in env "${AS_USER[*]}"; do
        # shellcheck disable=SC2086 # words
        asks 125 "$PWD/theirs" $who
        grep -qx "$LINE" seen
    done
}

@test "ctl does not trust an abstract socket of another user (119)" {
    impersonate 1234 "@foster-test-$$"
    asks 125 "@foster-test-$$"
    grep -qx "$LINE" seen
}

@test "every user trusts a socket of root, and a user trusts its own (119)" {
    impersonate 0 "$PWD/roots"
    asks 0 "$PWD/roots" "${AS_USER[@]}"
    kill "$impostor"
    impersonate "$ORDINARY" "$PWD/own"
    asks 0 "$PWD/own" "${AS_USER[@]}"
    [ "$(cat seen)" = 'all is well' ]
}

@test "ctl trusts PID 1, whatever its user (119)" {
    prepare_folder
    cat >inside <<END
mkfifo ready
(read -r line <ready; timeout 10 $FOSTER ctl --control $PWD/first health >seen 2>&1
    echo \$? >code) &
exec $BIN/impostor $PWD/first >ready
END
    timeout 20 "${NAMESPACE[@]}" setpriv --reuid=1234 --regid=1234 --clear-groups sh inside 3>&- &
    impostor=$!
    wait_until test -s code
    [ "$(cat code) $(cat seen)" = '0 all is well' ]
}

@test "foster says in one line that its control socket is taken, leaves it there, and runs (119)" {
    impersonate 1234 "$PWD/theirs"
    configure <<<$'[a]\ncommand = true\nessential = yes'
    for way in "${SERVICE_WAYS[@]}"; do
        exits 0 "$way" --control "$PWD/theirs" --config conf
        says 'no control socket at' 'Address in use'
        [ -S theirs ]
    done
    asks 125 "$PWD/theirs"
}

@test "foster says so for the default path of the control socket, too (119)" {
    prepare_folder
    configure <<<$'[a]\ncommand = true\nessential = yes'
    NAMESPACE+=(-m)
    via=(sh -c 'mount -t tmpfs tmpfs /run && (impostor /run/foster.sock >/dev/null &) &&
        until [ -S /run/foster.sock ]; do :; done; exec "$@"' sh)
    exits 0 as_pid1 --config conf
    says 'no control socket at /run/foster.sock' 'Address in use'
}
