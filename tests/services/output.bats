#!/usr/bin/env bats
# Output of services: raw by default, or relayed in whole lines; nothing is lost, nothing is
# delayed.

load helpers

@test "log = raw: a service writes to foster's own stdout and stderr, nothing is copied (97)" {
    configure <<-'END'
		[a]
		command = readlink /proc/self/fd/1 /proc/self/fd/2
	END
    prepare_folder
    foster as_pid1 --control "$PWD/sock" --config conf >printed 2>said
    [ "$(cat printed)" = "$PWD/printed"$'\n'"$PWD/said" ]
    [ ! -s said ]
}

@test "log = prefix: each line of stdout and stderr begins with the service's name (97)" {
    configure <<-'END'
		[web]
		command = sh -c 'echo one; echo two >&2; echo; printf "\ttab  blanks ";
		    printf "\001\377\n"'
		log = prefix
	END
    for way in "${SERVICE_WAYS[@]}"; do
        prepare_folder
        foster "$way" --control "$PWD/sock" --config conf >printed 2>said
        [ ! -s said ]
        [ "$(wc -l <printed)" -eq 4 ]
        [ "$(grep -a -c web printed)" -eq 4 ]
        sed -n 1p printed | grep -q 'web.*one$'
        sed -n 2p printed | grep -q 'web.*two$'
        tail -n 1 printed | LC_ALL=C grep -a -q -P '\ttab  blanks \x01\xff$'
        fails grep -q $'\033' printed
    done
}

@test "log = prefix: colours on a terminal only (97)" {
    prepare_folder
    printf '[web]\ncommand = echo one\nlog = prefix\n' >conf
    line=()
    command_line as_pid1 --control "$PWD/sock" --config conf
    TERM=xterm script -qec "${line[*]}" /dev/null </dev/null >printed 3>&-
    grep -q $'\033' printed
    grep -q 'one' printed
}

# Two services write partial lines, and lines longer than a pipe, at the same time.
@test "partial and long lines of several services are not mixed (97)" {
    configure <<-'END'
		[foster]
		log = prefix
		[a]
		command = service a write aaa sleep 50 write AAA sleep 50 write aaa print ''
		    line 200000 write aaa sleep 50 print AAA exit 0
		[b]
		command = service b write bbb sleep 30 write BBB sleep 80 write bbb print ''
		    line 200000 write bbb sleep 40 print BBB exit 0
		[c]
		command = sh -c 'i=0; while [ $i -lt 500 ]; do echo "number $i"; i=$((i + 1)); done'
	END
    prepare_folder
    foster as_pid1 --control "$PWD/sock" --config conf |
        sed 's/^[^a-z]*\([abc]\)[^a-z]*/\1 /' >printed
    grep -q 'a.*aaaAAAaaa$' printed
    grep -q 'b.*bbbBBBbbb$' printed
    grep -q 'a.*aaaAAA$' printed
    [ "$(awk 'length > 200000 && length < 200100' printed | wc -l)" -eq 2 ]
    [ "$(grep -o 'number .*' printed)" = "$(seq 0 499 | sed 's/^/number /')" ]
    [ "$(wc -l <printed)" -eq 506 ]
}

@test "the last output without a newline is kept: raw, prefix, json and file (98)" {
    for log in raw prefix json "file:$PWD/file"; do
        printf '[a]\ncommand = sh -c '\''echo first; printf last'\''\nlog = %s\n' "$log" >conf
        prepare_folder
        foster as_pid1 --control "$PWD/sock" --config conf >printed
        [ ! -e file ] || mv file printed
        grep -q first printed
        grep -q last printed
        [ "$(grep -c '' printed)" -eq 2 ]
    done
}

@test "output just before the end is kept, many times in a row (98)" {
    printf '[a]\ncommand = printf last\nlog = prefix\n' >conf
    prepare_folder
    for _ in {1..30}; do
        foster as_pid1 --control "$PWD/sock" --config conf >printed
        grep -q 'a.*last' printed
    done
}

@test "a process that keeps the log's pipe open after the service's end is not waited for (99)" {
    configure <<-'END'
		[a]
		command = sh -c 'echo text; sleep 60 & exit 0'
		log = prefix
		[b]
		command = service b
		log = prefix
	END
    run_foster as_pid1
    reaches a 'done'
    wait_for_line "$out" text
    from=$(now_ms)
    send TERM
    ends 0
    within "$from" 3000
}

# A reader that does not read: services wait, as they would without foster; signals, ctl and the
# stop do not.
@test "a blocked reader of the log delays neither signals, nor ctl, nor the stop (100)" {
    mkfifo stuck
    exec 8<>stuck
    for log in prefix json; do
        configure <<-END
			[foster]
			log = $log
			[flood]
			command = sh -c 'while :; do echo flood flood flood flood flood; done'
			[b]
			command = service b
			essential = yes
		END
        prepare_folder
        command_line as_pid1 --control "$PWD/sock" --config conf
        "${line[@]}" >stuck 2>said 3>&- 8>&- &
        job=$!
        init=$(outside_pid)
        wait_until answers
        happens 'b starts'
        flood=$(pgrep -P "$init" -x sh)
        wait_until is_in_state S "$flood"
        send USR1
        happens 'b signal 10'
        from=$(now_ms)
        ctl status >/dev/null
        within "$from" 2000
        from=$(now_ms)
        send TERM
        code=0
        wait "$job" || code=$?
        within "$from" 9900
        [ "$code" -eq 0 ]
        timeout 1 cat <&8 >/dev/null || true
    done
}

@test "log = json: each line is an object, whatever its bytes" {
    configure <<-'END'
		[web]
		command = sh -c 'echo plain; printf "q\"b\\\\s\tt\001\033[1m\177\n";
		    printf "bad \377\300\200 utf\303\244\n"; echo; printf part; echo oops >&2'
		log = json
	END
    prepare_folder
    foster as_pid1 --control "$PWD/sock" --config conf >printed
    [ "$(wc -l <printed)" -eq 5 ] || { cat printed && false; }
    [ "$(jq -s length printed)" -eq 5 ]
    grep -q web <(jq -c . printed)
    messages=$(jq -r 'to_entries[] | select(.value | type == "string") | .value' printed)
    grep -q '^plain$' <<<"$messages"
    grep -q $'^q"b\\\\s\tt\001\033\\[1m\177$' <<<"$messages"
    grep -q $'utf\303\244$' <<<"$messages"
    grep -q $'\357\277\275' <<<"$messages"
}

# Root opens a file where only root can change the path; so the file is on a mount of this test.
@test "log = null and file: appended to, and opened by root only where that is safe" {
    via=(sh -c 'mount -t tmpfs -o mode=755 none /mnt; cp log /mnt; "$@"; code=$?
        cp /mnt/log log; exit "$code"' sh)
    NAMESPACE+=(-m)
    configure <<-END
		[quiet]
		command = sh -c 'echo nothing; echo nothing >&2'
		log = null
		[a]
		type = oneshot
		command = sh -c 'echo one; echo two >&2'
		log = file:/mnt/log
		[b]
		command = sh -c 'echo three'
		log = file:/mnt/log
		user = 1234:1234
		depends_on = a:completed
	END
    echo zero >log
    chmod 600 log
    exits_with 0 as_child
    is ''
    says_nothing
    [ "$(cat log)" = $'zero\none\ntwo\nthree' ]
    sed -i "s|/mnt/log|$PWD/log|" conf
    chmod 600 log
    via=()
    exits_with 125 as_child
    says b "$PWD/log" 'Permission denied'
}

@test "log_stderr: stderr goes there, and stdout to log (156)" {
    printf '[%s]\ncommand = sh -c "echo %s; echo %s-error >&2"\nlog = %s\nlog_stderr = %s\n' \
        a a a raw "file:$PWD/errors" b b b "file:$PWD/log" raw c c c null prefix \
        d d d prefix json e e e json null f f f prefix prefix \
        g g g "file:$PWD/both" "file:$PWD/both" h h h prefix raw >conf
    exits_with 0 as_pid1
    [ "$(cat errors)" = a-error ]
    [ "$(cat log)" = b ]
    [ "$(sort both)" = $'g\ng-error' ]
    [ "$(sort <<<"$stderr")" = $'b-error\nh-error' ]
    [ "$(grep -v '^{' <<<"$output" | sort)" = $'a\nc | c-error\nd | d\nf | f\nf | f-error\nh | h' ]
    grep '^{' <<<"$output" | jq -r '"\(.service) \(.message)"' | sort >objects
    [ "$(cat objects)" = $'d d-error\ne e' ]
}

@test "log_stderr = file:PATH takes variables, and a path from the start directory (137, 158)" {
    configure <<-'END'
		[a]
		command = sh -c 'echo a; echo error >&2'
		log = file:${WHERE}.log
		log_stderr = file:${WHERE}.err
		environment = WHERE=here
		[b]
		command = sh -c 'echo b >&2'
		log_stderr = file:${ELSEWHERE:-there}.err
	END
    exits_with 0 as_pid1
    [ "$(cat here.log here.err there.err)" = $'a\nerror\nb' ]
}

@test "log_stderr: the last line of each run is kept, and both files are opened safely (156)" {
    configure <<-END
		[a]
		command = sh -c 'printf out; printf error >&2; exit 1'
		restart = on-failure:2
		log = prefix
		log_stderr = json
		[b]
		command = true
		log_stderr = file:/absent/log
	END
    run --separate-stderr foster as_pid1 --control none --config conf
    [ "$(grep -c '^a | out$' <<<"$output")" -eq 3 ]
    [ "$(grep -c '"service":"a","message":"error"' <<<"$output")" -eq 3 ]
    grep -q '^foster: b: cannot open /absent/log' <<<"$stderr"
}

@test "a log file that cannot be opened is reported, and the service has failed" {
    printf '[a]\ncommand = service a\nlog = file:/absent/log\nessential = yes\n' >conf
    prepare_folder
    code=0
    foster as_pid1 --control "$PWD/sock" --config conf 2>said || code=$?
    between 1 "$code" 127
    grep -q '^foster: a: .*/absent/log' said
    never 'a starts'
}

@test "a service of another user can open /dev/stdout (96)" {
    for log in prefix json; do
        configure <<-END
			[a]
			command = sh -c 'echo text >/dev/stdout; echo more >/dev/stderr'
			user = 1234:1234
			log = $log
		END
        exits_with 0 as_pid1
        [[ $output == *text*$'\n'*more* ]] || { echo "$output" "$stderr" && false; }
        says_nothing
    done
}

@test "a reader that has closed the pipe, EPIPE, ends no service" {
    configure <<-'END'
		[a]
		command = sh -c 'i=0; while [ $i -lt 100 ]; do echo text; i=$((i + 1)); done;
		    exec service a exit 5'
		log = prefix
	END
    prepare_folder
    { foster as_pid1 --control "$PWD/sock" --config conf || echo "$?" >code; } | true
    [ "$(cat code)" = 5 ]
}
