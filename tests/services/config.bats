#!/usr/bin/env bats
# The configuration: read, or refused with file, line and a suggestion before anything starts.

load helpers

# refuses TEXT...: checks that --check reports one fault with each text, in this order, and no
# other.
refuses() {
    local at=0 text
    exits 2 as_child --check --config conf
    [ -z "$output" ]
    for text; do
        [[ ${stderr_lines[at]} == "foster: conf:"*"$text"* ]] ||
            { echo "no \"$text\" in: $stderr" && return 1; }
        at=$((at + 1))
    done
    [ "${#stderr_lines[@]}" -eq "$at" ] || { echo "more than $at: $stderr" && return 1; }
}

# Each fault is in the third line of a section of its own, so its line number identifies it.
@test "bad values and unknown keys are all reported in one run, with line and text" {
    faulty=('comand = x' 'type = servce' 'essential = maybe' 'autostart = 7' 'restart = allways'
        'restart = on-failure:x' 'restart = on-failure:-1' 'restart_delay = 5 parsecs'
        'ready = notfy' 'ready = fd:x' 'ready = tcp:nowhere:80' 'ready = tcp:127.0.0.1:99999'
        'ready = unix:' 'ready_timeout = -1s' 'healthcheck_interval = often'
        'healthcheck_retries = none' 'healthcheck = "open' 'watchdog = soon'
        'stop_signal = SIGTREM' 'stop_grace_period = 5q' "stop_command = x 'y"
        'reload_signal = 99' 'user = a b' 'user = root:' 'umask = 888'
        'nice = 20' 'nice = -21' 'oom_score_adj = 1001' 'ulimit_nofile = many'
        'ulimit_nofiles = 5' 'no_new_privileges = perhaps' 'environment = =2'
        'environment = NOVALUE' 'env_file = -' 'umask = ${NO_SUCH}' 'log = prefx' 'log = file:'
        'listen = tcp:99999' 'depends_on = absent' 'depends_on = good:redy' 'no equals sign')
    printf '[good]\ncommand = true\n' >conf
    for i in "${!faulty[@]}"; do
        printf '[s%d]\ncommand = true\n%s\n' "$i" "${faulty[i]}" >>conf
    done
    exits 2 as_child --check --config conf
    [ -z "$output" ]
    for i in "${!faulty[@]}"; do
        fault=$(grep "^foster: conf:$((i * 3 + 5)): " <<<"$stderr") ||
            { echo "not refused: ${faulty[i]}" && bad=1; }
        word=${faulty[i]#*= }
        [[ ${fault-} == *"${word#*:}"* || ${fault-} == *"${faulty[i]%% *}"* ]] ||
            { echo "${faulty[i]}: $fault" && bad=1; }
    done
    [ -z "${bad-}" ]
    [ "$(grep -c "^foster: conf:" <<<"$stderr")" -eq "${#faulty[@]}" ]
}

@test "a wrong word gets the nearest known key, value, signal or service as suggestion" {
    printf '%s\n' '[db]' 'command = true' 'comand = x' 'restart = allways' 'stop_signal = SIGTREM' \
        '[web]' 'command = true' 'depends_on = dbb' >conf
    refuses "'command'" always TERM "'db'"
    grep -q "did you mean 'command'" <<<"$stderr"
    grep -q "did you mean 'db'" <<<"$stderr"
    sed -i '/comand/s/.*/completely_different = 1/' conf
    exits 2 as_child --check --config conf
    [[ ${stderr_lines[0]} == *completely_different* && ${stderr_lines[0]} != *"did you mean"* ]]
}

@test "faults of sections: a name twice, none, no end, no command, a key before the first" {
    printf '%s\n' 'type = service' '[a]' 'command = x' '[a]' 'command = y' '[' '[b' '[c]' \
        'type = oneshot' >conf
    exits 2 as_child --check --config conf
    for line in 1 4 6 7; do grep -q "^foster: conf:$line: " <<<"$stderr"; done
    grep -q "^foster: conf:8: .*command" <<<"$stderr"
    printf '%s\n' '[foster]' 'contrl = x' '[a]' 'command = x' 'command = y' >conf
    exits 2 as_child --check --config conf
    grep -q "^foster: conf:2: .*'contrl'.*did you mean 'control'" <<<"$stderr"
}

@test "a circle of dependencies is an error before anything starts, with its services (90)" {
    printf '[%s]\ncommand = service %s\ndepends_on = %s\n' a a b b b c c c a d d a >conf
    exits_with 2 as_pid1
    grep -q '^foster: conf:\(3: .*a.*b.*c.*a\|6: .*b.*c.*a.*b\|9: .*c.*a.*b.*c\)' <<<"$stderr"
    [ "${#stderr_lines[@]}" -eq 1 ]
    never '.*'
    printf '[%s]\ncommand = service %s\ndepends_on = %s\n' a a a >conf
    exits_with 2 as_pid1
    never '.*'
}

@test "an unknown name in depends_on is an error before anything starts (90)" {
    printf '[a]\ncommand = service a\ndepends_on = bacc\n[back]\ncommand = service back\n' >conf
    exits_with 2 as_pid1
    [[ $stderr == "foster: conf:3: "*"'bacc'"*"did you mean 'back'"* ]]
    never '.*'
}

@test "a file that cannot be read is named, and the exit code is 2" {
    for what in absent /; do
        exits 2 as_pid1 --config "$what" --control "$PWD/sock"
        [[ $stderr == "foster: $what"* ]]
    done
    head -c 100000 /dev/urandom >conf
    exits 2 as_pid1 --config conf --check
    printf '[a]\ncommand = x\0y\n' >conf
    exits 2 as_pid1 --config conf --check
    [[ $stderr == "foster: conf:"* ]]
}

@test "--check prints the order of the starts as a tree, and starts nothing" {
    prepare_folder
    configure <<-'END'
		[web]
		command = service web
		depends_on = migrate:completed
		[migrate]
		command = service migrate
		type = oneshot
		depends_on = db:ready
		[db]
		command = service db
		[alone]
		command = service alone
	END
    exits 0 as_child --check --config conf
    says_nothing
    never '.*'
    column() {
        awk -v word="(^|[^a-z])$1([^a-z]|\$)" 'at = match($0, word) { print at; exit }' \
            <<<"$output"
    }
    line() { grep -n -w -m 1 "$1" <<<"$output" | cut -d: -f1; }
    echo "$output"
    [ "$(column db)" -lt "$(column migrate)" ]
    [ "$(column migrate)" -lt "$(column web)" ]
    [ "$(column db)" -eq "$(column alone)" ]
    [ "$(line db)" -lt "$(line migrate)" ]
    [ "$(line migrate)" -lt "$(line web)" ]
    [[ $(grep -w web <<<"$output") == *completed* ]]
}

@test "a directory is its *.conf in the order of their names; --config may be repeated" {
    mkdir conf.d
    printf '[two]\ncommand = service two\n' >conf.d/20.conf
    printf '[one]\ncommand = service one exit 0\n' >conf.d/10.conf
    printf 'rubbish' >conf.d/README
    printf '[more]\ncommand = service more\ndepends_on = one:completed\n' >more.conf
    exits 0 as_child --check --config conf.d --config more.conf
    [[ $output == *one*more*two* || $output == *one*two*more* || $output == *two*one*more* ]]
    printf '[one]\ncommand = service again\n' >>more.conf
    exits 2 as_child --check --config conf.d --config more.conf
    [[ $stderr == "foster: more.conf:5: "*one*"conf.d/10.conf:2"* ]]
}

@test "without a command and without --config, /etc/foster.conf is read" {
    printf '[a]\ncommand = service a exit 7\n' >foster.conf
    prepare_folder
    via=(sh -c 'mount -t tmpfs none /etc && cp foster.conf /etc && exec "$@"' sh)
    exits 7 as_pid1 --control "$PWD/sock"
    happens 'a ends'
    via=(sh -c 'mount -t tmpfs none /etc && exec "$@"' sh)
    exits 2 as_pid1
    [[ $stderr == *"/etc/foster.conf"* ]]
}

@test "a command is split into words by quotes and backslashes, without a shell" {
    configure <<-'END'
		# a comment
		; another
		[a]
		command = printf '<%s>\n' a  "b c" 'd "e' f\ g "h \"i\" \\" $HOME * # ; ''
		  continued
		log = raw
	END
    exits_with 0 as_pid1
    is "$(printf '<%s>\n' a 'b c' 'd "e' 'f g' 'h "i" '\\ '$HOME' '*' '#' ';' '' continued)"
    says "';' is an argument here"
}

@test "lines may end in CR LF, and the last one without a newline" {
    printf '[a]\r\ncommand = printf <%%s> x\r\ntype = oneshot' >conf
    exits_with 0 as_pid1
    is '<x>'
}

@test "the command of the command line is the essential service beside those of the file" {
    configure <<-'END'
		[helper]
		command = service helper
	END
    for way in "${SERVICE_WAYS[@]}"; do
        exits_with 7 "$way" -- \
            sh -c 'until grep -q "^helper starts" journal; do sleep 0.01; done; exit 7'
        happens 'helper signal 15'
        happens 'helper ends'
    done
}

@test "the command of the command line: its name is reserved, its stdin is foster's" {
    configure <<-'END'
		[helper]
		command = service helper
	END
    exits_with 0 as_pid1 -- cat < <(echo text)
    is text
    printf '[main]\ncommand = x\n' >conf
    exits_with 2 as_pid1 -- true
    [[ $stderr == "foster: conf:1: "*main* ]]
}

@test "1000 services are read, and all of them start and end" {
    for i in {1..1000}; do printf '[s%d]\ncommand = exit 0\n' "$i"; done >conf
    exits_with 0 as_pid1
    says_nothing
}

@test "a line that continues a value and looks like a key or a section is a fault (139)" {
    swallowed() { # LINE TEXT: the fault in that line
        printf %b "$2" >conf
        exits 2 as_child --check --config conf
        local told="' continues the value of 'command' in line 2, "
        [[ ${stderr_lines[0]} == "foster: conf:$1: '"*"$told"* ]] ||
            { echo "$2: $stderr" && return 1; }
    }
    swallowed 3 '[a]\ncommand = echo\n restart = always\n'
    swallowed 4 '[a]\ncommand = echo\n\t--option\n\trestart=always\n'
    swallowed 3 '[a]\ncommand = echo\n [b]\ncommand = true\n'
    swallowed 3 '[a]\n\tcommand = echo\n        restart = always\n\tuser = root\n'
    swallowed 3 '[a]\n\tcommand = echo\n    restart = always\n'
    swallowed 3 '[a]\ncommand = echo \\\nrestart = always\n'
    swallowed 3 '[a]\ncommand = echo\n control = none\n'
    # what looks like neither is a part of the value
    printf '[a]\n\tcommand = env\n\t    some = thing\n\t    [ x ] RESTART = no\n' >conf
    exits 0 as_child --check --config conf
    says_nothing
}

@test "a backslash at the end of a line joins it with the next one (139)" {
    # shellcheck disable=SC1003 # the backslashes are the file's
    printf '%s\n' '[a]' 'command = printf <%s> one \' '    two\' 'three \' '# a comment' ' four\\' \
        'environment = A=b' >conf
    exits_with 0 as_pid1
    is '<one><two><three><four\>'
    # shellcheck disable=SC1003
    printf '%s\n' '[a]' 'command = printf <%s> one \' '' 'type = oneshot \' '[b]' 'command = true' \
        >conf
    exits_with 0 as_pid1
    is '<one>'
}

@test "a TAB is as wide as on a terminal: eight columns (139)" {
    printf '[a]\n    command = printf <%%s>\n\tone\n  \ttwo\n' >conf
    exits_with 0 as_pid1
    is '<one><two>'
}

# notes TEXT...: checks that --check has one line with each text, in this order, no other, and no
# fault.
notes() {
    local at=0 text
    exits 0 as_child --check "${options[@]}" --config conf
    for text; do
        [[ ${stderr_lines[at]} == "foster: $text"* ]] ||
            { echo "no \"$text\" in: $stderr" && return 1; }
        at=$((at + 1))
    done
    [ "${#stderr_lines[@]}" -eq "$at" ] || { echo "more than $at: $stderr" && return 1; }
    case $at in
    0) [[ ${lines[-1]} == *', no faults' ]] ;;
    1) [[ ${lines[-1]} == *', no faults, 1 note' ]] ;;
    *) [[ ${lines[-1]} == *", no faults, $at notes" ]] ;;
    esac
}

@test "a condition that can never hold is a note, at --check and at the start (140)" {
    waits() { # LINE OF b, CONDITION, TEXT
        printf '[b]\ncommand = true\n%s\n[a]\ncommand = true\ndepends_on = b:%s\n' "$1" "$2" >conf
        notes "conf:6: [a] may wait for 'b' in vain: $3"
    }
    for condition in ready service_healthy; do
        waits 'type = oneshot' $condition 'a oneshot'
    done
    for condition in completed ended; do
        waits 'restart = always' $condition 'restart = always'
        waits 'essential = yes' $condition 'it is essential'
    done
    for good in 'type = oneshot:completed' 'type = oneshot:ended' \
        'restart = on-failure:completed' 'restart = always:ready'; do
        printf '[b]\ncommand = true\n%s\n[a]\ncommand = true\ndepends_on = b:%s\n' \
            "${good%:*}" "${good#*:}" >conf
        notes
    done
    printf '%s\n' '[b]' 'command = true' 'enabled = no' 'type = oneshot' \
        '[a]' 'command = true' 'depends_on = b:ready' >conf
    notes
    waits 'type = oneshot' ready 'a oneshot'
    # whether it is seen while it is ready is chance
    run --separate-stderr foster as_pid1 --control none --config conf
    [[ $stderr == "foster: conf:6: [a] may wait for 'b' in vain: "* ]]
}

@test "a key or an option without effect is a note, but no default of [foster] is (140)" {
    for key in healthcheck_interval=1s healthcheck_timeout=1s healthcheck_retries=2 \
        healthcheck_start_period=1s restart_delay=1s listen_mode=600; do
        printf '[a]\ncommand = true\n%s\n' "$key" >conf
        notes "conf:3: ${key%=*} has no effect without "
        printf '[a]\ncommand = true\n[foster]\n%s\n' "$key" >conf
        notes
    done
    printf '%s\n' '[a]' 'command = true' 'healthcheck_interval = 1s' 'healthcheck = true' \
        'restart = always' 'restart_delay = 1s' 'listen_mode = 600' 'listen = unix:/x' >conf
    notes
    printf '[a]\ncommand = true\n' >conf
    options=(--stop-timeout 3s)
    notes '--stop-timeout has no effect without a command'
}

@test "one descriptor or address twice, nothing that starts, -NAME: notes (140)" {
    printf '[a]\ncommand = true\nlisten = tcp:18080 tcp:18081\nready = fd:4\n' >conf
    notes 'conf:4: descriptor 4 is a socket of listen as well; use ready = fd:5'
    printf '[a]\ncommand = true\nlisten = tcp:18080\nready = fd:4\n' >conf
    notes
    printf '[a]\ncommand = true\nlisten = tcp:18080 tcp:18080\n' >conf
    notes 'conf:3: tcp:'
    printf '[%s]\ncommand = true\nlisten = unix:/x\n' a b >conf
    notes 'conf:6: unix:/x is there already, in conf:3'
    sed -i '4a enabled = no' conf
    notes
    printf '[%s]\ncommand = true\nautostart = no\n' a b >conf
    notes 'conf:1: nothing is started'
    printf '[-b]\ncommand = true\n' >conf
    notes "conf:1: [-b] begins with '-'"
}

@test "a stop that takes longer than engines wait is a note of --check alone (163)" {
    printf '[a]\ncommand = true\nstop_grace_period = %s\n' unlimited >conf
    notes 'conf:3: a stop of a may take for ever: docker stop kills after 10s, '
    exits_with 0 as_pid1
    says_nothing
    printf '[a]\ncommand = true\nstop_grace_period = %s\n' 55s >conf
    notes 'conf:3: a stop of a may take 55 seconds: '
    printf '[a]\ncommand = true\nstop_grace_period = %s\n' 9s >conf
    notes
}

@test "words of other programs' files are noted with what to write, and start as they stand (138)" {
    while IFS='|' read -r line note; do
        printf '[a]\ncommand = true\n%s\n' "$line" >conf
        [[ $line != command* ]] || printf '[a]\n\n%s\n' "$line" >conf
        exits 0 as_child --check --config conf
        [[ $stderr == "foster: conf:3: "*"$note"* ]] || { echo "$line: $stderr" && false; }
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
    done <<-'END'
		command = true %(ENV_HOME)s|${HOME}
		command = true $HOME|${HOME}
		command = cd /tmp|sh -c
		command = true && true|'&&' is an argument
		command = true 2>&1|'2>&1' is an argument
		command = ["true"]|without brackets
		command = CMD-SHELL true|'CMD-SHELL' is taken for the program
		command = FOO=bar env|environment
		command = no-program-of-that-name|is not there now
		environment = A="1",B="2"|a line for each variable
		working_dir = /$DIR|${DIR}
		env_file = absent|is not there now
	END
    # shellcheck disable=SC2016
    printf '%s\n' '[a]' 'command = echo $HOME && ;' >conf
    exits 0 as_pid1 --control none --config conf
    # shellcheck disable=SC2016
    is '$HOME && ;'
    says "conf:2: command: '&&' is an argument here"
    # shellcheck disable=SC2016
    printf '%s\n' '[a]' "command = sh -c 'cd / && echo \$HOME >/dev/null'" >conf
    exits 0 as_child --check --config conf
    says_nothing
}
