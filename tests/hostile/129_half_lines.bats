#!/usr/bin/env bats
# Each run ends with half a line, while another service prints so much that the relay is behind: the
# first line of a run never continues the last one of the run before.

load helpers

RUNS=4

# crash LOG: configures them. The runs start when the other service has filled the pipes.
crash() {
    configure <<END
[foster]
log = $1
[filler]
command = sh -c "head -c 200000 /dev/zero | tr '\\\\0' '\\\\n'"
[a]
command = sh -c "echo start; printf half; exit 1"
restart = on-failure:$((RUNS - 1))
restart_delay = 1ms..1ms
END
}

# The reader starts when the last run has ended.
@test "the first line of a run never continues the last line of the run before (129)" {
    local way log
    for way in "${SERVICE_WAYS[@]}"; do
        for log in json prefix; do
            prepare_folder
            crash "$log"
            rm -f pipe && mkfifo -m 666 pipe
            exec 4<>pipe
            exec 5<pipe
            via=(sh -c 'exec "$@" >pipe' sh)
            start "$way" --control none --config conf 3>&- 4>&- 5>&-
            exec 4>&-
            wait_for_line "$err" 'failed too often'
            timeout "$LIMIT" cat <&5 >heard
            exec 5>&-
            ends 1
            [ "$(grep -c start heard)" -eq "$RUNS" ]
            [ "$(grep -c half heard)" -eq "$RUNS" ]
            fails grep halfstart heard
        done
    done
}
