#!/usr/bin/env bats
# A start that fails for a passing reason is tried again by the restart policy; a lasting reason is
# final.

load helpers

TOO_HIGH='a: cannot run service: cannot pass its descriptors: No file descriptors'

@test "a start fails and is tried again: the program is open for writing, ETXTBSY (120)" {
    cp "$(command -v touch)" program
    configure <<-END
		[a]
		command = $PWD/program ran
		restart = on-failure
		restart_delay = 20ms..50ms
		[keep]
		command = service keep
	END
    exec 9>>program
    run_foster as_pid1 9>&-
    wait_until grep -q 'a: cannot run .*program: Text file busy' "$err"
    wait_until grep -q 'a could not be started; starting it again in' "$err"
    [ ! -e ran ]
    exec 9>&-
    reaches a 'done'
    [ -e ran ]
}

@test "restart = no: a start that fails is final, with the exit code of an exec error (120)" {
    cp "$(command -v touch)" program
    printf '[a]\ncommand = %s/program ran\n' "$PWD" >conf
    exec 9>>program
    prepare_folder
    code=0
    foster as_pid1 --control none --config conf 2>said 9>&- || code=$?
    exec 9>&-
    [ "$code" = 126 ]
    [ "$(wc -l <said)" = 1 ]
}

@test "a start fails and is tried again: the user's limit of processes, EAGAIN (120)" {
    configure <<-'END'
		[hog]
		command = sh -c 'for i in 1 2 3 4 5 6 7 8 9; do service hog$i wait go exit 0 & done;
		    wait'
		user = 64001:64001
		[b]
		command = service b exit 0
		user = 64001:64001
		ulimit_nproc = 8
		restart = on-failure
		restart_delay = 20ms..50ms
		depends_on = wait:completed
		[wait]
		command = service wait wait go-on exit 0
		type = oneshot
		[keep]
		command = service keep
	END
    run_foster as_pid1
    happens 'hog9 starts'
    : >go-on
    wait_until grep -q 'b: cannot run' "$err"
    : >go
    reaches b 'done'
}

@test "a start fails and is tried again: a FIFO as log has no reader yet, ENXIO (120)" {
    mkfifo -m 666 log
    configure <<-END
		[c]
		command = sh -c 'echo ran; exec service c'
		log = file:$PWD/log
		restart = always
		restart_delay = 20ms..50ms
	END
    run_foster as_pid1
    wait_until grep -q 'c: cannot open .*/log' "$err"
    timeout 10 head -n 1 log >heard 3>&- &
    happens 'c starts'
    wait_until grep -qx ran heard
}

@test "a start that fails for a lasting reason is not tried again, whatever the policy (120)" {
    printf '#!/absent\n' >script
    chmod 755 script
    printf '[%s]\ncommand = %s\nrestart = always\n' a absent b ./script c / >conf
    printf '[d]\ncommand = true\nworking_dir = /absent\nrestart = always\n' >>conf
    run --separate-stderr foster as_pid1 --control none --config conf
    between 125 "$status" 127 # of the first that has failed: they start side by side
    [ "${#stderr_lines[@]}" = 4 ]
}

@test "a start fails and is tried again: a descriptor is above the limit, EMFILE (120)" {
    configure <<-'END'
		[a]
		command = service a newline 200
		ready = fd:200
		restart = on-failure
		restart_delay = 20ms..50ms
	END
    via=(prlimit --nofile=100:300)
    for way in "${HOSTILE_WAYS[@]}"; do
        run_foster "$way"
        wait_until grep -q "$TOO_HIGH" "$err"
        "${asking[@]}" prlimit --pid "$init" --nofile=300
        reaches a ready
        send TERM
        ends 0
    done
    printf '[a]\ncommand = true\nready = fd:200\n' >conf
    exits 125 as_pid1 --control none --config conf
    says 'cannot pass its descriptors: No file descriptors'
}
