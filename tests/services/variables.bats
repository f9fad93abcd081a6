#!/usr/bin/env bats
# What a service looks up at each of its starts: variables in its values, and files of variables.

load helpers

# prints VALUE LINE...: what a service writes that has these lines.
prints() {
    local wanted=$1
    shift
    printf '%s\n' '[a]' "$@" >conf
    exits_with 0 "${way:-as_pid1}"
    says_nothing
    is "$wanted"
}

# fails_with TEXT LINE...: a service that has these lines cannot be started, and that text says why.
fails_with() {
    local wanted=$1
    shift
    printf '%s\n' '[a]' "$@" >conf
    exits_with 125 "${way:-as_pid1}"
    says "$wanted"
}

# given: foster's own environment has these variables.
given() { via=(env PORT=8080 TWO='a  b' EMPTY=); }

@test "a variable in a command is what the service's environment has (137)" {
    given
    for way in "${SERVICE_WAYS[@]}"; do
        # shellcheck disable=SC2016 # they are for foster
        prints 'p=8080/x ${PORT} $1 9 ${PORT}' \
            'command = echo p=${PORT}/x $${PORT} $1 ${NINE} '"'"'${PORT}'"'" \
            'environment = NINE=9'
    done
}

@test "a variable is part of its word, whatever it holds (137)" {
    given
    # shellcheck disable=SC2016
    prints '[a  b][x a  b y][][1 2]' \
        'command = printf [%s] ${TWO} "x ${TWO} y" ${EMPTY} ${NONE:-1 2}'
}

@test "a default stands for a variable that is empty or not set (137)" {
    given
    # shellcheck disable=SC2016
    prints '8080 d d' 'command = echo ${PORT:-d} ${EMPTY:-d} ${NONE:-d}'
}

@test "a variable without a default fails the start in one line that names it (137)" {
    given
    # shellcheck disable=SC2016
    fails_with 'a: cannot expand ${NONE}: it is not set' 'command = echo ${NONE}'
    [ "$(wc -l <<<"$stderr")" -le 2 ]
    # shellcheck disable=SC2016
    fails_with 'a: cannot expand ${EMPTY}: set it first' 'command = echo ${EMPTY:?set it first}'
    # shellcheck disable=SC2016
    fails_with 'a: cannot expand ${NONE}' 'command = true' 'working_dir = /${NONE}'
    via=(env LINES_OF=$'a\nb')
    # shellcheck disable=SC2016
    fails_with 'has a newline' 'command = echo ${LINES_OF}'
}

@test "directories, files, and lines of environment take variables from the lines before (137)" {
    mkdir -p here/sub
    # shellcheck disable=SC2016
    prints "$PWD/here/sub 12" \
        'command = sh -c '\''echo $PWD $B'\' 'environment = A=1' 'environment = B=${A}2' \
        "environment = ROOT=$PWD/here" 'working_dir = ${ROOT}/sub'
    # shellcheck disable=SC2016
    prints '' \
        'command = echo written' "environment = ROOT=$PWD" 'log = file:${ROOT}/out.${NAME:-log}'
    [ "$(cat out.log)" = written ]
    # shellcheck disable=SC2016
    prints written 'command = cat' "environment = ROOT=$PWD" 'stdin = ${ROOT}/out.log'
}

@test "an image without a shell has variables in arguments, and a PATH (137, 160)" {
    mkdir bin
    printf '#!/bin/sh\necho mine "$@"\n' >bin/mine
    chmod 755 bin/mine
    # shellcheck disable=SC2016
    prints 'mine 5' 'command = mine ${N}' 'environment = N=5' "environment = PATH=$PWD/bin:/bin"
    printf '[a]\ncommand = nothing-of-that-name\nenvironment = PATH=%s/bin\n' "$PWD" >conf
    exits_with 127 as_pid1
    says "PATH=$PWD/bin"
}

@test "a service sees the env_file that another service has just made (136)" {
    configure <<-'END'
		[init]
		command = sh -c 'echo "export TOKEN=\"new\" # today" >env'
		type = oneshot
		[web]
		command = sh -c 'echo $TOKEN; sleep 60'
		env_file = env
		depends_on = init
	END
    run_foster as_pid1
    wait_for_line "$out" '^new$'
    echo TOKEN=newer >./env
    ctl restart web
    wait_for_line "$out" '^newer$'
    send TERM
    ends 0
}

@test "an env_file that is missing fails the start, unless its path begins with - (136)" {
    fails_with 'a: cannot read .*none: No such file' 'command = true' 'env_file = none'
    prints ran 'command = echo ran' 'env_file = -none' "env_file = -$PWD/none/none"
    configure <<-'END'
		[a]
		command = sh -c 'echo $TOKEN'
		env_file = late
		restart = on-failure
		restart_delay = 10ms
	END
    run_foster as_pid1
    wait_for_line "$err" 'cannot read .*late' 2
    echo TOKEN=there >late.new
    mv late.new late
    ends 0
    [ "$(cat "$out")" = there ]
}

@test "lines of an env_file mean what they mean for Compose (159)" {
    while IFS='|' read -r line value; do
        printf '%s\n' "$line" >./env
        prints "$value" 'command = printenv VAR' 'env_file = env'
    done <<-'END'
		VAR=VAL|VAL
		VAR="VAL # no comment" # comment|VAL # no comment
		VAR=VAL# no comment|VAL# no comment
		VAR= VAL # comment|VAL
		export VAR='a\tb'|a\tb
		VAR="a\"b"|a"b
		VAR=${X}|${X}
	END
    printf 'A=1\nno equals sign\n' >./env
    fails_with 'a: cannot read .*env: line 2 needs NAME=VALUE' 'command = true' 'env_file = env'
    printf 'A=1\nB="2\n' >./env
    fails_with 'a: cannot read .*env: line 2 needs a quote at the end' \
        'command = true' 'env_file = env'
}

@test "a variable's name is anything without a = (161)" {
    prints single-node \
        'command = printenv discovery.type' 'environment = discovery.type=single-node'
}
