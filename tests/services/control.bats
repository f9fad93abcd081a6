#!/usr/bin/env bats
# foster ctl: which users may connect, what is answered, and that no client delays anything.

load helpers

web() {
    configure <<-'END'
		[db]
		command = service db notify READY=1
		ready = notify
		[web]
		command = service web
		depends_on = db
		reload_signal = USR2
		[job]
		command = service job exit 3
		type = oneshot
	END
    run_foster "${1:-as_pid1}"
    reaches job failed
    happens 'web starts'
}

@test "the control socket has mode 0600, is removed at the end, and no port is open (102)" {
    own_network
    web
    [ "$(stat -c %a sock)" = 600 ]
    [ "$(inside ss -Htuln | wc -l)" -eq 0 ]
    ctl shutdown
    wait "$job" || true
    [ ! -e sock ]
}

@test "a client of another uid is refused (102)" {
    web
    chmod 666 sock
    run ! "${AS_USER[@]}" timeout 5 "$FOSTER" ctl --control "$PWD/sock" shutdown
    ctl status web
    is_now web running
}

@test "foster of an ordinary user, not PID 1: its user may ask it, root does not (102, 119)" {
    web as_child_user
    ctl status web
    run -125 timeout 5 "$FOSTER" ctl --control "$PWD/sock" status web
    [[ $output == *"is not trusted"* ]]
    run ! setpriv --reuid=1234 --regid=1234 --clear-groups \
        timeout 5 "$FOSTER" ctl --control "$PWD/sock" status
}

# sockets: prints the sockets of the foster in the background; one is always that of sd_notify.
sockets() { find "/proc/$init/fd" -lname 'socket:*' | wc -l; }

@test "[foster] control names the socket: a path, an abstract name, or none (102)" {
    local socket
    prepare_folder
    for socket in "$PWD/own.sock" @foster-tests-$$ none; do
        : >journal
        printf '[foster]\ncontrol = %s\n[a]\ncommand = service a\n' "$socket" >conf
        start as_pid1 --config conf 3>&-
        happens 'a starts'
        if [ "$socket" = none ]; then
            [ "$(sockets)" -eq 0 ]
        else
            [ "$(sockets)" -eq 1 ]
            timeout 5 "$FOSTER" ctl --control "$socket" status | grep -q '^a .*running'
        fi
        send TERM
        ends 0
        silent
    done
}

@test "with --control none there is no socket, whatever the file says (102)" {
    prepare_folder
    printf '[foster]\ncontrol = %s\n[a]\ncommand = service a\n' "$PWD/own.sock" >conf
    start as_pid1 --control none --config conf 3>&-
    happens 'a starts'
    [ "$(sockets)" -eq 0 ]
    [ ! -e own.sock ]
    send TERM
    ends 0
    silent
}

@test "ctl status prints a table, of all services or of one" {
    web
    run -0 ctl status
    [ "${#lines[@]}" -eq 4 ]
    grep -q '^web  *running' <<<"$output"
    grep -q '^db  *ready' <<<"$output"
    grep -q '^job  *failed.*3' <<<"$output"
    [[ $output == *"$(awk '/^web starts/ { print $3 }' journal)"* ]]
    run -0 ctl status web
    [[ $output == *web* && $output != *db* ]]
    [ "$(ctl status | awk '{ print length > 120 ? "long" : "" }' | grep -c long)" -eq 0 ]
}

@test "ctl status --json prints a document with every service" {
    web
    ctl status --json | jq -e '.services | map(.name) | sort == ["db", "job", "web"]'
    ctl status --json |
        jq -e '.services[] | select(.name == "web") |
            .state == "running" and .pid > 1 and .restarts == 0'
    ctl status --json job | jq -e '.services | length == 1 and .[0].state == "failed"'
}

@test "foster(8) has each member of the JSON, and each state" {
    local page=$BATS_TEST_DIRNAME/../../init/foster.8 member state
    web
    for member in $(ctl status --json | jq -r '[paths | map(strings)[-1] // empty] | unique[]'); do
        grep -q "^\.It Va $member\$" "$page" || { echo "not there: $member" && false; }
    done
    sed -n '/^const char \*state_name/,/^}/p' "$BATS_TEST_DIRNAME/../../src/config/service.c" |
        grep -o '"[a-z ]*"' | tr -d '"' >states
    [ "$(wc -l <states)" -ge 10 ]
    sed -n '/It Va state/,/It Va kind/p' "$page" >entry
    while read -r state; do
        grep -qw "$state" entry || { echo "not there: $state" && false; }
    done <states
}

@test "ctl stop, start and restart return when they are done" {
    web
    ctl stop web
    is_now web stopped
    happens 'web ends'
    ctl start web
    is_now web running
    happens 'web starts' 2
    ctl restart web
    happens 'web starts' 3
    is_now web running
    ctl restart db
    is_now db ready
    happens 'db starts' 2
    ctl start web
    [ "$(count 'web starts')" -eq 3 ]
    ctl stop job
    silent_but_for job
}
silent_but_for() { [ "$(grep -c -v "^foster: $1" "$err")" -eq 0 ] || { cat "$err" && return 1; }; }

# chain: web needs cache, cache needs db; each takes 200 ms to end. [extra] is started by name only.
chain() {
    configure <<-'END'
		[web]
		command = service web linger 200
		depends_on = cache
		essential = yes
		[cache]
		command = service cache linger 200
		depends_on = db
		[db]
		command = service db linger 200
		[job]
		command = service job exit 0
		type = oneshot
		[extra]
		command = service extra
		autostart = no
	END
    run_foster as_pid1
    reaches web running
    reaches job 'done'
}

@test "ctl stop all stops in the reverse order of dependencies, and foster stays (162)" {
    chain
    ctl stop all
    in_order 'web ends' 'cache signal 15' 'cache ends' 'db signal 15' 'db ends'
    for name in web cache db; do is_now "$name" stopped; done
    kill -0 "$init"
    ctl start all
    is_now web running
    [ "$(count 'job starts')" -eq 1 ]
    never 'extra starts'
    silent
}

@test "ctl stop all undoes a oneshot before what it depends on is stopped (157, 162)" {
    configure <<-'END'
		[db]
		command = service db
		[mount]
		command = service mount exit 0
		type = oneshot
		stop_command = service unmount sleep 200 exit 0
		depends_on = db
		[web]
		command = service web linger 200
		depends_on = mount:completed
	END
    run_foster as_pid1
    reaches web running
    run -0 --separate-stderr ctl stop mount
    [ "$output" = 'foster: mount is stopped while these need it: web' ]
    ctl start mount
    : >journal
    ctl stop all
    in_order 'web ends' 'unmount starts' 'unmount ends' 'db signal 15'
}

@test "ctl stop of several services takes them in order, also without its client (162)" {
    chain
    ctl stop db cache web
    in_order 'web ends' 'cache signal 15' 'cache ends' 'db signal 15' 'db ends'
    ctl start db web cache
    [ "$(count 'web starts')" -eq 2 ]
    fails ctl stop --timeout 50ms db web cache
    reaches db stopped
    is_now cache stopped
    silent
}

@test "ctl restart of all, or of several, stops them in order, then starts them in order (162)" {
    chain
    ctl restart cache web
    in_order 'web ends' 'cache signal 15'
    [ "$(count 'db starts')" -eq 1 ]
    for name in cache web; do is_now "$name" running && [ "$(count "$name starts")" -eq 2 ]; done
    : >journal
    ctl restart all
    in_order 'web ends' 'cache signal 15' 'cache ends' 'db signal 15' 'db ends' 'db starts'
    for name in db cache web job; do happens "$name starts"; done
    in_order 'db ends' 'cache starts'
    is_now web running
    never 'extra starts'
    silent
}

@test "the end of foster, or a later request, ends the order of an earlier one (162)" {
    chain
    ctl stop --timeout 50ms all || true
    ctl start all
    is_now db running
    reaches web running
    [ "$(count 'db signal 15')" -eq 0 ]
    ctl stop --timeout 50ms all || true
    send TERM
    ends 0
}

@test "ctl stop names the services that need the one that is stopped (162)" {
    chain
    run -0 --separate-stderr ctl stop db
    [ "$output" = 'foster: db is stopped while these need it: cache' ]
    is_now cache running
    for words in 'db' 'web' 'cache' 'extra'; do
        run -0 --separate-stderr ctl stop "$words"
        [ -z "$output$stderr" ]
    done
}

@test "ctl status NAME exits with 0 only while it is up, or is a oneshot that is done (162)" {
    web
    run -0 ctl status
    run -0 ctl status web db
    run -1 --separate-stderr ctl status job
    [[ $output == *failed* && -z $stderr ]]
    run -1 --separate-stderr ctl status --json web job
    jq -e '.services | length == 2' <<<"$output"
    ctl stop web
    run -1 ctl status web
}

@test "a service with the name all is a fault of the file (162)" {
    printf '[all]\ncommand = service all\n' >conf
    exits_with 2 as_pid1
    says '\[all\] is all services'
}

@test "ctl reload and ctl signal reach the service" {
    web
    ctl reload web
    happens 'web signal 12'
    ctl reload db
    happens 'db signal 1'
    for name in USR1 SIGUSR1 10; do ctl signal "$name" web; done
    happens 'web signal 10' 3
    fails ctl signal HUP job
    fails ctl signal NONSENSE web
    is_now web running
}

@test "ctl wait returns when a service is started, ready or completed, or after --timeout" {
    configure <<-'END'
		[a]
		command = service a wait go notify READY=1
		ready = notify
		[job]
		command = service job wait over exit 0
		type = oneshot
		[bad]
		command = service bad exit 1
		type = oneshot
	END
    run_foster as_pid1
    happens 'a starts'
    ctl wait a:started
    from=$(now_ms)
    fails ctl wait a --timeout 300ms
    [ $(($(now_ms) - from)) -ge 300 ]
    within "$from" 2000
    : >go
    ctl wait a
    ctl wait a:ready --timeout 5s
    fails ctl wait job:completed --timeout 100ms
    : >over
    ctl wait job:completed
    ctl wait job
    fails ctl wait bad:completed --timeout 5s
}

@test "ctl start does not wait for a service that is being stopped, nor while foster ends" {
    configure <<-'END'
		[db]
		command = service db
		ready = notify
		[web]
		command = service web
		depends_on = db:ready
		autostart = no
		[slow]
		command = service slow ignore TERM until INT
		stop_grace_period = 20s
	END
    run_foster as_pid1
    happens 'db starts'
    happens 'slow starts'
    ctl start web 2>said &
    reaches web waiting
    ctl stop db
    fails wait "$!"
    [ "$(cat said)" = 'foster: web: waiting; db is stopped' ]
    send TERM
    happens "slow signal 15"
    for verb in start restart; do
        fails ctl "$verb" web 2>said
        [ "$(cat said)" = 'foster: web: stopped; foster is shutting down' ]
    done
    ctl signal KILL slow
    ends 0
}

@test "ctl reports each error, and its exit code tells the kind" {
    web
    for words in "" nonsense "start absent" "stop" "signal TERM" "wait web:redy" "wait" \
        "status absent" "reload job"; do
        # shellcheck disable=SC2086
        run -"$(code_of "$words")" --separate-stderr ctl $words
        [ -n "$stderr" ] || { echo "nothing said: $words" && false; }
        [ -z "$output" ]
    done
    run --separate-stderr ctl start wbe
    [[ $stderr == *wbe* ]]
    rm -f absent.sock
    run --separate-stderr timeout 5 "$FOSTER" ctl --control "$PWD/absent.sock" status
    [ "$status" -ne 0 ]
    [[ $stderr == "foster: "*absent.sock* && ${#stderr_lines[@]} -eq 1 ]]
    is_now web running
}
# shellcheck disable=SC2086
code_of() {
    local code=0
    ctl $1 >/dev/null 2>&1 || code=$?
    [ "$code" -ne 0 ] || code=255
    echo "$code"
}

@test "ctl health exits with 0, or with 1 and the reasons; it needs no shell" {
    configure <<-'END'
		[a]
		command = service a
		essential = yes
	END
    run_foster as_pid1
    happens 'a starts'
    run -0 ctl health
    is healthy
    ctl stop a
    run -1 ctl health
    [[ $output == *a* ]]
}

@test "ctl metrics prints OpenMetrics text that ends with # EOF" {
    web
    run -0 ctl metrics
    [ "${lines[-1]}" = '# EOF' ]
    [ "$(grep -c '# EOF' <<<"$output")" -eq 1 ]
    grep -q -E '^foster_[a-z_]+\{[^}]*"web"[^}]*\} [0-9.]+$' <<<"$output"
    # each sample follows a TYPE line, and each family has one
    families=$(sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' <<<"$output")
    [ -z "$(sort <<<"$families" | uniq -d)" ]
    while read -r sample; do
        grep -q -x -E "$(sed -E 's/_(total|info|created)$//' <<<"$sample")|$sample" <<<"$families"
    done < <(sed -n 's/^\([a-z_]*\)[{ ].*/\1/p' <<<"$output")
    local sample='[a-z_]+(\{([a-z_]+="[^"]*",?)*\})? [0-9.e+-]+'
    fails grep -v -E "^(# (TYPE|HELP|UNIT|EOF)|$sample\$)" <<<"$output"
}

@test "ctl shutdown does the same as TERM" {
    web
    ctl shutdown
    wait "$job" || true
    in_order 'web signal 15' 'web ends' 'db signal 15' 'db ends'
}

@test "many clients at once are all answered" {
    web
    for i in {1..40}; do
        ctl status web >"answer.$i" 2>&1 &
        clients+=($!)
    done
    for client in "${clients[@]}"; do wait "$client"; done
    [ "$(cat answer.* | grep -c '^web .*running')" -eq 40 ]
}

# hang FILE: a client that connects, sends the file, and stays.
hang() {
    { cat "$1" && sleep 30; } | timeout 30 socat -t30 -u - UNIX-CONNECT:sock 2>/dev/null 3>&- &
    hanging+=("$!")
}

@test "clients that hang, send garbage or a megabyte delay neither services nor other clients" {
    configure <<-'END'
		[crash]
		command = service crash sleep 20 exit 1
		restart = always
		restart_delay = 20ms..20ms
	END
    run_foster as_pid1
    head -c 100 /dev/urandom >rubbish
    head -c 1000000 /dev/zero >zeros
    head -c 1000000 /dev/urandom >megabyte
    printf 'status' >part
    : >nothing
    for file in rubbish zeros megabyte part nothing; do
        for _ in {1..8}; do hang "$file"; done
    done
    starts=$(count 'crash starts')
    happens 'crash starts' "$((starts + 10))"
    from=$(now_ms)
    ctl status | grep -q crash
    within "$from" 2000
    send TERM
    wait "$job" || true
    for client in "${hanging[@]}"; do kill "$client" 2>/dev/null || true; done
}

@test "clients above the limit are told so, and later ones are served again" {
    web
    : >nothing
    for _ in {1..90}; do hang nothing; done
    happens 'web starts'
    wait_until ctl status web # those that say nothing are let go of after a while
    is_now web running
    for client in "${hanging[@]}"; do kill "$client" 2>/dev/null || true; done
    wait_until ctl status web
}

@test "a control socket that cannot be made is reported, and the services run" {
    printf '[a]\ncommand = service a wait go exit 0\n' >conf
    prepare_folder
    start as_pid1 --control /absent/sock --config conf 3>&-
    happens 'a starts'
    : >go
    ends 0
    grep -q '^foster: .*/absent/sock' "$err"
}

@test "a stale socket file is replaced, one in use is not" {
    web
    kill -KILL "$init"
    wait "$job" || true
    [ -S sock ]
    web
    start as_pid1 --control "$PWD/sock" --config conf 3>&-
    wait_for_line "$err" '^foster: .*sock'
}

@test "foster -- ctl runs a program of that name" {
    prepare_folder
    printf '#!/bin/sh\nexit 9\n' >ctl
    chmod 755 ctl
    via=(env "PATH=$PWD:$PATH")
    exits 9 as_pid1 -- ctl
}

@test "a lack of descriptors for clients is logged once, and later clients are answered" {
    printf '[a]\ncommand = service a\n' >conf
    run_foster as_pid1
    wait_until test "$(ctl status 2>/dev/null | grep -c running)" = 1
    free=0
    while [ -e "/proc/$init/fd/$free" ]; do free=$((free + 1)); done
    prlimit --pid "$init" --nofile="$free:1000"
    spent=$(awk '{ print $14 + $15 }' "/proc/$init/stat")
    # It is tried each second.
    fails timeout -s KILL 3 "$FOSTER" ctl --control "$PWD/sock" status 3>&-
    # The words of musl, and of glibc.
    told 'cannot accept foster ctl: \(No file descriptors available\|Too many open files\)'
    # Hundredths of a second.
    between 0 $(($(awk '{ print $14 + $15 }' "/proc/$init/stat") - spent)) 10
    prlimit --pid "$init" --nofile=1000
    ctl status
    told 'cannot accept foster ctl'
}
