#!/usr/bin/env bats
# A process traces the main process and never waits for it. When the main process ends it stays a
# zombie, and its parent is not told of its end as long as the tracer lives (ptrace(2)).

load helpers

# traced WORDS: starts foster with a service that is traced.
traced() {
    configure <<-END
		[a]
		command = tracer $1
		stop_grace_period = 500ms
		[k]
		command = service k
	END
}

@test "a tracer that belongs to the service is killed with it (110)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        traced ''
        run_foster "$way"
        wait_for_line "$out" '^ready'
        from=$(now_ms)
        ctl stop a
        between 400 $(($(now_ms) - from)) 3000
        is_now a stopped
        told 'a has not stopped within 0.5'
        told 'cannot be killed' 0
        send TERM
        ends 0
    done
}

@test "a tracer outside the service is named, and ctl stop and restart report it and return (110)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        traced unmarked
        run_foster "$way" --grace 500ms
        wait_for_line "$out" '^ready'
        for verb in stop restart; do
            from=$(now_ms)
            run -1 ctl "$verb" a
            within "$from" 5000
            [[ $output == *"a: stopping; a (pid "*") cannot be killed: pid "*" traces it" ]]
        done
        is_now a stopping
        told 'a (pid [0-9]*) cannot be killed: pid [0-9]* traces it'
        from=$(now_ms)
        send TERM
        ends 125
        within "$from" 5000
    done
}

@test "with one program, a main that is traced ends in its time (110)" {
    for way in "${HOSTILE_WAYS[@]}"; do
        for words in '' unmarked; do
            start "$way" --stop-timeout 500ms -- tracer $words 3>&-
            wait_for_line "$out" '^ready'
            from=$(now_ms)
            send TERM
            ends 137
            between 400 $(($(now_ms) - from)) 3000
        done
    done
}
