#!/usr/bin/env bats
# kill(-1) looks at every process of the host. foster uses cheaper ways to see that no process is
# left: the pids that the namespace has given out, if they are few, or, on a full host, /proc.

load helpers

# A host with 60,000 threads, as sysinfo(2) reports it: `procs` comes after ten words.
full_host='sysinfo:poke_exit=@arg1='$(printf '%0160d' 0)60ea
many_numbers='i=0; while [ $i -lt 320 ]; do /bin/true; i=$((i + 1)); done'

# traced [OPTION...]: strace writes the calls of foster and its descendants to the file `calls`.
traced() { around=(strace -f -qq -o "$PWD/calls" -e 'trace=kill,sysinfo,exit_group' "$@"); }
looked_at_all() { grep -c 'kill(-1, ' calls; }

@test "in a namespace with few pids the end of foster does not call kill(-1) (133)" {
    traced
    exits 3 as_pid1 -- sh -c '/bin/true; /bin/true & wait; exit 3'
    [ "$(looked_at_all)" -eq 0 ]
    says_nothing
}

@test "on a host with many processes the end of foster looks in /proc instead of kill(-1) (133)" {
    [ "$(getconf LONG_BIT)" = 64 ] || skip 'struct sysinfo is another'
    traced -e "inject=$full_host"
    exits 3 as_pid1 -- sh -c "$many_numbers; exit 3"
    [ "$(looked_at_all)" -eq 0 ]
    says_nothing
}

# joined: starts a process as an engine's exec does, with its parent outside the namespace.
joined() {
    nsenter -t "$init" -p sh -c 'trap "echo told >>said; exit" TERM; echo ready >>said
        while :; do sleep 0.02; done' 3>&- &
    wait_for_line said ready
}

# tells_joined COMMANDS: main runs the commands, and exits when such a process has joined.
tells_joined() {
    rm -f there go
    : >said
    start as_pid1 --grace 20s -- \
        sh -c "$1; touch there; until [ -e go ]; do sleep 0.01; done; exit 5" 3>&-
    wait_until [ -e there ]
    joined
    touch go
    ends 5
    grep -q told said
    silent
}

@test "a process that an engine's exec left still gets TERM on a full host (133)" {
    tells_joined :
    tells_joined "$many_numbers"
    traced -e "inject=$full_host"
    tells_joined :
    tells_joined "$many_numbers"
}
