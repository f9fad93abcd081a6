#!/usr/bin/env bats
# A service's user, directory, limits, environment and stdin; those that cannot be had are reported.

load helpers

# gets KEY VALUE COMMAND: as root, in foster's own directory, a service with that key runs the
# command in a shell; sets $output.
gets() {
    printf '[a]\n%s = %s\ncommand = sh -c '\''%s'\''\n' "$1" "$2" "$3" >conf
    exits_with 0 "${way:-as_pid1}"
    says_nothing
}
status_line='grep -E "^$1:" /proc/self/status | tr -s "\t" " "'
line_of() { echo "set -- $1; $status_line"; }

# people: gives the namespace /etc/passwd and /etc/group of its own.
people() {
    printf '%s\n' root:x:0:0::/root:/bin/sh app:x:1234:2345::/home/app:/bin/sh \
        other:x:77:88::/:/bin/sh >passwd
    printf '%s\n' root:x:0: main:x:2345: extra:x:3000:other,app more:x:3001:app \
        none:x:3002:appl,pp >group
    via=(sh -c 'mount --bind passwd /etc/passwd && mount --bind group /etc/group && exec "$@"' sh)
}

@test "no user gains by moving the directory that foster was started in (117, 158)" {
    mkdir -m 777 theirs
    mkdir -m 755 theirs/app roots
    echo SECRET=seen >roots/vars
    chmod 600 roots/vars
    printf '[%s]\n%s\nuser = 1234:1234\n' \
        a $'command = sh -c "echo a"\nlog = file:${NAME:-new}.log' \
        b $'command = sh -c "echo b"\nlog = file:new.log' \
        c $'command = sh -c "echo $SECRET"\nenv_file = ${NAME:-vars}' \
        d $'command = sh -c "echo $SECRET"\nenv_file = vars' >conf
    sed -i 's/^user/autostart = no\nuser/' conf
    printf '[keep]\ncommand = service keep\n' >>conf
    prepare_folder
    via=(env -C "$PWD/theirs/app")
    start as_pid1 --control "$PWD/sock" --config "$PWD/conf" 3>&-
    wait_until answers
    mv theirs/app theirs/was
    ln -s "$PWD/roots" theirs/app
    for name in a b c d; do fails ctl start "$name"; done
    [ "$(ls roots theirs/was)" = $'roots:\nvars\n\ntheirs/was:' ]
    fails grep seen "$out"
}

@test "relative paths are meant from the directory that foster was started in (158)" {
    mkdir sub
    echo input >in
    echo NAME=value >vars
    printf '#!/bin/sh\necho program\n' >sub/run
    chmod 755 sub/run
    configure <<-'END'
		[foster]
		control = own.sock
		[dir]
		command = sh -c 'pwd; exec ./run'
		working_dir = sub
		log = file:dir.log
		log_stderr = file:dir.err
		[in]
		command = sh -c 'cat; echo "$NAME"; echo error >&2'
		stdin = ./in
		env_file = vars
		log = file:in.log
		[flag]
		command = sh -c ': >flag; exec service flag'
		ready = file:flag
		[socket]
		command = service socket listen unix:unix.sock
		ready = unix:unix.sock
	END
    prepare_folder
    for way in as_pid1 as_child; do
        rm -f own.sock flag unix.sock -- *.log
        start "$way" --config conf 3>&-
        wait_until test -S own.sock
        timeout "$LIMIT" "$FOSTER" ctl --control "$PWD/own.sock" wait --timeout 10s flag socket
        send TERM
        wait "$job" || true
        [ "$(cat dir.log)" = "$PWD/sub"$'\nprogram' ]
        [ "$(cat in.log)" = $'input\nvalue\nerror' ]
    done
}

@test "user: a name brings its group, its supplementary groups and its home (95)" {
    people
    gets user app "$(line_of '"[UG]id|Groups"'); echo \$HOME \$USER \$LOGNAME"
    ids=$'Uid: 1234 1234 1234 1234\nGid: 2345 2345 2345 2345\n'
    is "$ids"$'Groups: 2345 3000 3001 \n/home/app app app' ||
        is "$ids"$'Groups: 3000 3001 \n/home/app app app'
}

@test "user: with a group there are no supplementary groups; numbers and names may be mixed (95)" {
    people
    for user in app:extra 1234:3000 app:3000 1234:extra; do
        gets user "$user" "$(line_of '"[UG]id|Groups"')"
        [[ $output == $'Uid: 1234 1234 1234 1234\nGid: 3000 3000 3000 3000\nGroups: '* ]]
        [[ ${lines[2]} == 'Groups: ' || ${lines[2]} == 'Groups: 3000 ' ]]
    done
}

@test "user: numbers work without /etc/passwd, and foster's own groups are not passed on (95)" {
    via=(sh -c 'mount -t tmpfs none /etc && exec setpriv --groups 5,6 "$@"' sh)
    gets user 4321:4322 "$(line_of '"[UG]id|Groups"')"
    is $'Uid: 4321 4321 4321 4321\nGid: 4322 4322 4322 4322\nGroups: ' ||
        is $'Uid: 4321 4321 4321 4321\nGid: 4322 4322 4322 4322\nGroups: 4322 '
    gets user 4321 "$(line_of '"[UG]id"')"
    is $'Uid: 4321 4321 4321 4321\nGid: 0 0 0 0'
}

@test "a user or a group that does not exist fails the start in one line (95, 135)" {
    people
    for user in nobdy app:grp nobdy:main; do
        printf '[a]\ncommand = true\nuser = %s\n' "$user" >conf
        exits_with 125 as_pid1
        part=${user#app:}
        [[ ${stderr_lines[0]} == "foster: a: cannot become its user "*"${part%:main}"*such* ]] ||
            { echo "$stderr" && false; }
        exits 0 as_child --check --config conf
        says "conf:3: the user '$user' is not there now"
    done
}

@test "a user is looked up at each start: another service may make or change it (135)" {
    people
    chmod 666 passwd
    configure <<-'END'
		[init]
		command = sh -c 'echo made:x:4712:4712::/home/made:/bin/sh >>/etc/passwd'
		type = oneshot
		[web]
		command = sh -c 'echo $(id -u) $HOME $USER; exec service web'
		user = made
		depends_on = init
	END
    run_foster as_pid1
    wait_for_line "$out" '^4712 /home/made made$'
    sed 's/4712/4713/g' passwd >changed
    cat changed >passwd
    ctl restart web
    wait_for_line "$out" '^4713 /home/made made$'
    send TERM
    ends 0
}

@test "a user that foster may not become fails the service at once, with a reason (95)" {
    printf '[a]\ncommand = service a\nuser = 1234:1234\nrestart = always\nessential = yes\n' >conf
    for way in as_pid1_bare as_child_user; do
        exits_with 125 "$way"
        says a user
        never 'a starts'
    done
}

@test "working_dir: the directory that is named, else the one foster was started in" {
    mkdir dir
    gets working_dir "$PWD/dir" 'pwd -P'
    is "$(pwd -P)/dir"
    gets umask 022 'pwd -P'
    is "$(pwd -P)"
    printf '[a]\ncommand = service a\nworking_dir = /absent\nessential = yes\n' >conf
    exits_with 125 as_pid1 || [ "$status" -eq 126 ]
    says a directory
}

@test "umask, nice, oom_score_adj and no_new_privileges are set" {
    gets umask 0137 'umask; : >made; stat -c %a made'
    is $'0137\n640'
    gets nice 7 'cut -d" " -f19 /proc/self/stat'
    is 7
    gets oom_score_adj 321 'cat /proc/self/oom_score_adj'
    is 321
    gets no_new_privileges yes "$(line_of NoNewPrivs)"
    is 'NoNewPrivs: 1'
    gets no_new_privileges no "$(line_of NoNewPrivs)"
    is 'NoNewPrivs: 0'
}

@test "ulimit_*: the soft and the hard limit are set" {
    gets ulimit_nofile 64:128 'ulimit -S -n; ulimit -H -n'
    is $'64\n128'
    gets ulimit_core 0 'ulimit -S -c; ulimit -H -c'
    is $'0\n0'
    gets ulimit_fsize 1000000 'grep -E "^Max file size" /proc/self/limits | tr -s " "'
    [[ $output == "Max file size 1000000 1000000 "* ]]
}

@test "an attribute that needs more rights than foster has fails the service, with a reason" {
    for key in 'nice = -5' 'ulimit_nofile = 1000000:1000000'; do
        printf '[a]\ncommand = service a\n%s\nessential = yes\n' "$key" >conf
        via=(sh -c 'ulimit -n 100; exec "$@"' sh)
        exits_with 125 as_child_user
        says 'a:' 'cannot'
        never 'a starts'
    done
}

@test "a service has the container's environment and its own additions (101)" {
    configure <<-'END'
		[plain]
		command = sh -c 'env | sort >plain'
		[more]
		command = sh -c 'env | sort >more'
		environment = ADDED=a value = with "blanks"
		environment = TAKEN=new
		environment = EMPTY=
	END
    via=(env -i "PATH=$PATH" TAKEN=old "ODD=  two  blanks "
        NOTIFY_SOCKET=/x LISTEN_FDS=3 LISTEN_PID=1 WATCHDOG_USEC=5)
    exits_with 0 as_pid1
    own='^(PWD|OLDPWD|_|SHLVL)='
    is_same() { diff <(sort) <(grep -v -E "$own" "$1"); }
    printf '%s\n' "PATH=$PATH" TAKEN=old "ODD=  two  blanks " | is_same plain
    printf '%s\n' "PATH=$PATH" TAKEN=new "ODD=  two  blanks " \
        'ADDED=a value = with "blanks"' EMPTY= | is_same more
}

@test "env_file: lines, comments, and the last line of a name counts (101)" {
    printf '# a comment\n\nONE=1\nTWO=two words\nTHREE=3\n' >variables
    configure <<-'END'
		[a]
		command = sh -c 'echo "$ONE,$TWO,$THREE"'
		env_file = variables
		environment = THREE=three
	END
    exits_with 0 as_pid1
    is '1,two words,three'
}

# An array that is too small for them would show with the sanitizers.
@test "a service has the variables of its user, readiness, watchdog and sockets" {
    configure <<-'END'
		[a]
		command = sh -c 'env | sed "s/=.*//" | sort |
		    grep -E "^(HOME|USER|LOGNAME|NOTIFY|WATCHDOG|LISTEN)"'
		user = nobody
		ready = notify
		watchdog = 10s
		listen = unix:@all-of-them
	END
    exits_with 1 as_pid1 # it ends before it is ready
    is "$(printf '%s\n' HOME LISTEN_FDNAMES LISTEN_FDS LISTEN_PID LOGNAME NOTIFY_SOCKET USER \
        WATCHDOG_PID WATCHDOG_USEC)"
}

# Linux allows six megabytes at most, and a quarter of the stack.
@test "the longest command and a large environment fit into one start" {
    {
        printf '[a]\nenvironment = ADDED=1\ncommand = '
        printf "sh -c 'echo \$#; env | cut -c 1-5 | sort | uniq -c' sh "
        yes | head -n 65000 | tr '\n' ' '
    } >conf
    via=(prlimit --stack=25165824 python3 -c 'import os, sys
many = {"FOUND%x" % n: "" for n in range(150000)}
os.execvpe(sys.argv[1], sys.argv[1:], {"PATH": os.environ["PATH"], **many})')
    exits_with 0 as_pid1
    grep -qx 65000 <<<"$output"
    grep -qx ' *1 ADDED' <<<"$output"
    grep -qx ' *150000 FOUND' <<<"$output"
}

@test "the largest number of variables fits into one start" {
    seq -f 'ADDED%g=' 8192 >variables
    printf '[a]\nenv_file = variables\ncommand = sh -c "env | grep -c ^ADDED"\n' >conf
    exits_with 0 as_pid1
    is 8192
}

@test "stdin is /dev/null, or the file that is named" {
    printf '[a]\ncommand = readlink /proc/self/fd/0\n' >conf
    exits_with 0 as_pid1 < <(echo text)
    is /dev/null
    echo content >input
    printf '[a]\ncommand = cat\nstdin = %s\n' "$PWD/input" >conf
    exits_with 0 as_pid1
    is content
}

@test "a service starts with no signal blocked or ignored, in a group of its own" {
    configure <<-'END'
		[a]
		command = state
		[b]
		command = service b
		ready = notify
		listen = unix:@foster-test-b
		healthcheck = true
		log = prefix
	END
    via=(sh -c 'trap "" HUP USR1 PIPE; exec "$@"' sh)
    for way in as_pid1 as_child; do
        run_foster "$way"
        happens 'b starts'
        wait_for_line "$out" '^LISTEN_FDS'
        output=$(cat "$out")
        [ "$(value SigBlk)" = 0000000000000000 ]
        [ "$(value SigIgn)" = 0000000000000000 ]
        [ "$(value fds)" = '0 1 2' ]
        [ "$(value pgrp)" = "$(value pid)" ]
        [ "$(value LISTEN_FDS)" = none ]
        [ "$(value cwd)" = "$PWD" ]
        send TERM
        wait "$job" || true
    done
}
