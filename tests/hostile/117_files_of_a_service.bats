#!/usr/bin/env bats
# Through foster no user gets a file that it could not have opened itself.

load helpers

secret() {
    mkdir -m 777 theirs
    chmod 755 .
    echo secret >root
    chmod 600 root
}
as_nobody() { "${AS_USER[@]}" "$@" 3>&-; }

@test "a log that its user replaces by a link is not written to by root (117)" {
    secret
    configure <<-END
		[a]
		command = sh -c 'echo line; rm -f theirs/log; ln -s $PWD/root theirs/log; exit 1'
		user = 65534:65534
		restart = on-failure:1
		log = file:$PWD/theirs/log
	END
    for way in as_pid1 as_child; do
        prepare_folder
        chmod 755 .
        foster "$way" --control none --config conf 2>said || true
        [ "$(cat root)" = secret ]
        grep -q "a: cannot open .*/theirs/log: Permission denied" said
        rm -f theirs/log
    done
}

@test "a stdin that its user replaces by a link is not read by root (117)" {
    secret
    as_nobody ln -s "$PWD/root" theirs/in
    printf '[a]\ncommand = cat\nuser = 65534:65534\nstdin = %s/theirs/in\n' "$PWD" >conf
    exits 125 as_pid1 --control none --config conf
    is ''
    says a theirs/in 'Permission denied'
}

@test "a directory that a service's user replaces by a link gives no file of root's (117)" {
    secret
    mkdir hidden
    chmod 700 hidden
    as_nobody ln -s "$PWD/hidden" theirs/logs
    printf '[a]\ncommand = echo line\nuser = 65534:65534\n' >conf
    echo "log = file:$PWD/theirs/logs/log" >>conf
    exits 125 as_pid1 --control none --config conf
    [ ! -e hidden/log ]
}

@test "termination_log follows no link in a directory that others may write to (117)" {
    secret
    : >root
    as_nobody ln -s "$PWD/root" theirs/words
    printf '[foster]\ntermination_log = %s/theirs/words\n' "$PWD" >conf
    printf '[a]\ncommand = false\nessential = yes\n' >>conf
    exits 1 as_pid1 --control none --config conf
    exits 137 as_pid1 --termination-log "$PWD/theirs/words" -- sh -c 'kill -KILL $$'
    exits 137 as_child --termination-log "$PWD/theirs/words" -- sh -c 'kill -KILL $$'
    [ ! -s root ]
    # the same, and no link
    as_nobody touch theirs/own
    exits 137 as_pid1 --termination-log "$PWD/theirs/own" -- sh -c 'kill -KILL $$'
    grep -q SIGKILL theirs/own
}

@test "/dev/stdout as a log is foster's stdout, also for a service with a user (117)" {
    printf '[a]\ncommand = echo line\nuser = 65534:65534\nlog = file:/dev/stdout\n' >conf
    exits 0 as_pid1 --control none --config conf
    is line
}

# with_env_file PATH: configures a service of uid 65534 that prints the variable from that file.
with_env_file() {
    printf '[a]\nenv_file = %s\ncommand = sh -c "echo told $TOLD"\nuser = 65534:65534\n' "$1" >conf
}

@test "root reads no env_file through a link or directory that another user may have made (117)" {
    mkdir -m 777 theirs
    mkdir -m 700 hidden
    chmod 755 .
    echo TOLD=secret | tee hidden/env >root
    chmod 600 root hidden/env
    as_nobody ln -s "$PWD/root" theirs/env
    as_nobody ln -s "$PWD/hidden" theirs/way
    for path in theirs/env "$PWD/theirs/env" theirs/way/env; do
        with_env_file "$path"
        for way in as_pid1 as_child; do
            exits 125 "$way" --control none --config conf
            is ''
            says "a: cannot read .*$path: " link
        done
        # the user's own rights do not reach there
        exits 125 as_child_user --control none --config conf
        says 'Permission denied'
    done
}

@test "an env_file that anybody but root and the service's user may write is refused (117)" {
    mkdir -m 777 theirs
    chmod 755 .
    with_env_file theirs/env
    echo TOLD=this >theirs/env
    for owner in 65534:0 0:65534; do
        chown "$owner" theirs/env
        exits 0 as_pid1 --control none --config conf
        is 'told this'
    done
    for mode in 664 646; do
        chmod "$mode" theirs/env
        exits 125 as_pid1 --control none --config conf
        says 'a: cannot read .*theirs/env: others' 'can change it'
    done
    chmod 644 theirs/env
    chown 12345 theirs/env
    for way in as_pid1 as_child; do
        exits 125 "$way" --control none --config conf
        says 'a: cannot read .*theirs/env:' "neither to root nor to the service's user"
    done
    # with two files one fault is enough, in any order, also without a user
    cp theirs/env own
    chown 65534 own
    for two in 'theirs/env own' 'own theirs/env'; do
        read -r one other <<<"$two"
        printf '[a]\nenv_file = %s\nenv_file = %s\n' "$one" "$other" >conf
        printf 'command = true\nuser = 65534\n' >>conf
        exits 125 as_pid1 --control none --config conf
    done
    printf '[a]\nenv_file = own\ncommand = true\n' >conf
    exits 125 as_pid1 --control none --config conf
    exits 0 as_child_user --control none --config conf # who is not root reads what he may
}

@test "an env_file mounted by an engine is read: links made by root, or a read-only mount (117)" {
    mkdir -m 755 etc
    mkdir -m 777 mounted mounted/..now
    chmod 755 . mounted/..now
    ln -s ..now mounted/..data
    ln -s ..data/env mounted/env
    echo TOLD=this >mounted/..now/env
    chown 12345 mounted/..now/env
    echo TOLD=that >etc/env.real
    ln -s env.real etc/env
    with_env_file etc/env
    exits 0 as_pid1 --control none --config conf
    is 'told that'
    with_env_file mounted/env
    exits 125 as_pid1 --control none --config conf
    says link
    via=(sh -c 'mount --bind mounted mounted && mount -o remount,bind,ro mounted && exec "$@"' sh)
    for way in as_pid1 as_child; do
        exits 0 "$way" --control none --config conf
        is 'told this'
    done
}

@test "an env_file that is no regular file delays nothing (117)" {
    mkfifo -m 600 fifo
    for path in fifo /dev/zero . /absent/env; do
        with_env_file "$path"
        for way in "${HOSTILE_WAYS[@]}"; do
            exits 125 "$way" --control none --config conf
            says "a: cannot read .*$path: "
        done
    done
    says 'No such file'
}
