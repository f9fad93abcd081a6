#!/usr/bin/env bats
# foster connects, or asks by HTTP, itself: for readiness and for the health check.

load helpers

# server ADDRESS: makes the program `server`, which listens there, appends each request to the file
# `asked`, and runs `reply` for the answer, by default the file `answer`.
server() {
    own_network
    printf '#!/bin/sh\ncat answer\n' >reply
    cat >take <<-'END'
		#!/bin/sh
		cr=$(printf '\r')
		while IFS= read -r line && [ "$line" != "$cr" ]; do
		    printf '%s|' "${line%$cr}"
		done >>asked
		echo >>asked
		exec ./reply
	END
    printf '#!/bin/sh\nexec socat %s,reuseaddr,fork EXEC:./take 2>/dev/null\n' "$1" >server
    chmod 755 reply take server
}
# answer STATUS [HEADER]: what the server answers from now on.
answer() {
    printf 'HTTP/1.1 %s\r\n%s\r\n\r\nbody\n' "$1" "${2:-Server: test}" >new && mv new answer
}

# waits_for READY: A is to be ready by this method, and B waits for A.
waits_for() {
    configure <<-END
		[a]
		command = $PWD/server
		ready = $1
		[b]
		command = service b
		depends_on = a:ready
	END
    run_foster as_pid1
}

@test "ready by http: once the answer has a status of 2xx (154)" {
    server TCP4-LISTEN:8080,bind=127.0.0.1
    answer '503 Service Unavailable'
    waits_for 'http:8080/health?full=1'
    wait_for_line asked GET 3
    is_now a starting
    is_now b waiting
    [ "$(sort -u asked)" = \
        'GET /health?full=1 HTTP/1.0|Host: localhost|User-Agent: foster|' ]
    answer '204 No Content'
    happens 'b starts'
    is_now a ready
    silent
}

@test "a redirection is a success, and is not followed (154)" {
    server TCP4-LISTEN:8080
    answer '302 Found' 'Location: http://127.0.0.1:8080/elsewhere'
    waits_for http:127.0.0.1:8080/
    reaches a ready
    fails grep elsewhere asked
}

@test "http and tcp with the port alone find a server on [::1] (154)" {
    server TCP6-LISTEN:8080,bind=::1,ipv6only=1
    answer '200 OK'
    for ready in http:8080/ tcp:8080; do
        waits_for "$ready"
        reaches a ready
        send TERM
        ends 0
    done
}

@test "an answer that comes in pieces, and one without end, are read (154)" {
    server TCP4-LISTEN:8080
    cat >reply <<-'END'
		#!/bin/sh
		for part in H TTP/1. '0 2' '00 OK'; do printf "$part"; sleep 0.05; done
		printf '\r\n\r\n'
		exec cat /dev/zero
	END
    waits_for http:8080/
    reaches a ready
}

# checked HEALTHCHECK: A has this health check, and may stay unhealthy.
checked() {
    configure <<-END
		[a]
		command = ${command:-$PWD/server}
		healthcheck = $1
		healthcheck_interval = 50ms
		healthcheck_timeout = ${timeout:-10s}
		healthcheck_retries = 2
	END
    run_foster as_pid1
}
is_healthy() { [ "$(field a health)" = "$1" ]; }

@test "a health check by http: the log names the status, and recovery is seen (154)" {
    server TCP4-LISTEN:8080
    answer '200 OK'
    checked http:localhost:8080/health
    wait_until is_healthy healthy
    ctl health
    answer '500 Oh'
    wait_until is_healthy unhealthy
    fails ctl health
    told 'a is unhealthy: http:localhost:8080/health answered with status 500, 2 times in a row$'
    answer '301 Moved'
    wait_until is_healthy healthy
}

@test "health checks by tcp and by a unix socket (154)" {
    own_network
    for address in tcp:8080 "unix:$PWD/a.sock"; do
        command="service a listen $address" checked "$address"
        wait_until is_healthy healthy
        silent
        send TERM
        ends 0
        rm -f a.sock
        command='service a' checked "$address"
        wait_until is_healthy unhealthy
        told "a is unhealthy: $address accepts no connection, 2 times in a row"
        send TERM
        ends 0
    done
}

@test "a server that does not answer is unhealthy in time, and holds nothing up (154)" {
    server TCP4-LISTEN:8080
    printf '#!/bin/sh\nexec sleep 60\n' >reply
    timeout=200ms checked http:8080/
    from=$(now_ms)
    wait_until is_healthy unhealthy
    within "$from" 3000
    told 'a is unhealthy: http:8080/ took longer than 0.20 s, 2 times in a row'
}

@test "what is no answer of http is unhealthy (154)" {
    server TCP4-LISTEN:8080
    for words in 'gave no answer of HTTP' 'closed the connection without an answer'; do
        printf '%s' "${text-SSH-2.0-x}" >answer
        checked http:8080/
        wait_until is_healthy unhealthy
        told "a is unhealthy: http:8080/ $words"
        send TERM
        ends 0
        text=HTTP
    done
}
