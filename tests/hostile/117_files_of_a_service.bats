#!/usr/bin/env bats
# Nobody gets a file through foster that he could not have had himself.

load helpers

secret() {
    mkdir -m 777 theirs
    chmod 755 .
    echo secret >root
    chmod 600 root
}
as_nobody() { "${AS_USER[@]}" "$@" 3>&-; }

@test "117: a log that its user replaces by a link is not written to by root" {
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

@test "117: a stdin that its user replaces by a link is not read by root" {
    secret
    as_nobody ln -s "$PWD/root" theirs/in
    printf '[a]\ncommand = cat\nuser = 65534:65534\nstdin = %s/theirs/in\n' "$PWD" >conf
    exits 125 as_pid1 --control none --config conf
    is ''
    says a theirs/in 'Permission denied'
}

@test "117: the way to a file is the user's too: a link in the place of a directory" {
    secret
    mkdir hidden
    chmod 700 hidden
    as_nobody ln -s "$PWD/hidden" theirs/logs
    printf '[a]\ncommand = echo line\nuser = 65534:65534\nlog = file:%s/theirs/logs/log\n' "$PWD" >conf
    exits 125 as_pid1 --control none --config conf
    [ ! -e hidden/log ]
}

@test "117: the termination log follows no link where others may write, for services and for one program" {
    secret
    : >root
    as_nobody ln -s "$PWD/root" theirs/words
    printf '[foster]\ntermination_log = %s/theirs/words\n[a]\ncommand = false\nessential = yes\n' "$PWD" >conf
    exits 1 as_pid1 --control none --config conf
    exits 137 as_pid1 --termination-log "$PWD/theirs/words" -- sh -c 'kill -KILL $$'
    exits 137 as_child --termination-log "$PWD/theirs/words" -- sh -c 'kill -KILL $$'
    [ ! -s root ]
    # the same, and no link
    as_nobody touch theirs/own
    exits 137 as_pid1 --termination-log "$PWD/theirs/own" -- sh -c 'kill -KILL $$'
    grep -q SIGKILL theirs/own
}

@test "117: /dev/stdout as a log is foster's stdout, also for a service with a user" {
    printf '[a]\ncommand = echo line\nuser = 65534:65534\nlog = file:/dev/stdout\n' >conf
    exits 0 as_pid1 --control none --config conf
    is line
}
