#!/usr/bin/env bats
# A file that cannot be run: the line names the cause, only regular files are opened for it, and no
# byte of it controls the terminal.

load helpers

# refused CAUSE PATH...: runs it as a command and as a service, in each way; checks 126 and the
# line.
refused() {
    local cause=$1 path way
    shift
    for path; do
        for way in "${HOSTILE_WAYS[@]}"; do
            exits 126 "$way" "$path"
            says "$cause"
            harmless
            is ''
        done
        printf '[odd]\ncommand = %s\nessential = yes\n' "$path" >conf
        exits 126 as_pid1 --control none --config conf
        grep -q -- "$cause" <<<"$stderr" || { echo "no \"$cause\" in: $stderr" && return 1; }
        harmless
    done
}

# harmless: checks that stderr is UTF-8 without control characters, but for the ends of lines.
harmless() {
    if LC_ALL=C grep -q '[[:cntrl:]]' <<<"$stderr" ||
        LC_ALL=C grep -qP '\xc2[\x80-\x9f]' <<<"$stderr" ||
        ! iconv -f UTF-8 -t UTF-8 <<<"$stderr" >/dev/null; then
        cat -v <<<"$stderr" && return 1
    fi
}

# file NAME BYTES: makes an executable file.
file() { printf %b "$2" >"$1" && chmod 755 "$1"; }

setup() {
    job='' init=''
    chmod 755 "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR" || return
}

@test "a #! line that the kernel refuses is named, and /bin/sh does not get the file (131)" {
    file long "#!/$(printf 'v%.0s' {1..300})/python3\necho ran\n"
    file just "#!/$(printf 'v%.0s' {1..253})\necho ran\n"
    refused 'too long' ./long ./just
    file fits "#!/$(printf 'v%.0s' {1..252})\necho ran\n"
    refused 'interpreter of its #! line' ./fits
    file empty '#!\necho ran\n'
    file blanks '#!  \t \necho ran\n'
    file short '#!'
    refused 'names no interpreter' ./empty ./blanks ./short
}

@test "a program of another system, or of no known format, is named as such (131)" {
    file macho '\xcf\xfa\xed\xfe\7\0\0\1\3\0\0\0'
    refused 'Mach-O' ./macho
    file pe 'MZ\x90\0\3\0\0\0PE\0\0'
    refused 'Windows (PE)' ./pe
    head -c 4096 /dev/zero >zeroes
    chmod 755 zeroes
    refused 'NUL' ./zeroes
    file binary 'a\1\0\2b'
    refused 'binary' ./binary
    cp "$BIN/exit" object
    printf '\1' | dd of=object bs=1 seek=16 conv=notrunc status=none # ET_REL
    refused 'object file' ./object
}

@test "a loader or interpreter that is no program is named (131)" {
    LC_ALL=C sed 's|/lib64/ld-linux-x86-64.so.2|./loader\x0-linux-x86-64.so.2|' /bin/true >dynamic
    chmod 755 dynamic
    file loader 'no program'
    refused 'loader ./loader does not start: it is no ELF file' ./dynamic
    head -c 4096 /dev/zero >loader
    refused 'loader ./loader does not start: it is no ELF file' ./dynamic
    rm loader && mkdir -m 755 loader
    refused 'loader ./loader does not start: it is a directory' ./dynamic
    mkdir folder
    file script '#!./folder\n'
    refused 'interpreter ./folder does not start: it is a directory' ./script
    file script '#!./dynamic\n'
    refused 'interpreter ./dynamic does not start: its ELF loader ./loader' ./script
}

@test "a FIFO, a device and a socket are refused without being opened (131)" {
    mkfifo -m 777 fifo
    exec 8<>fifo # whoever opened it would read this
    echo unread >&8
    refused 'FIFO' ./fifo
    file script '#!./fifo\n'
    refused 'FIFO' ./script
    read -r -t 5 line <&8
    [ "$line" = unread ]
    refused 'device' /dev/null
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
    chmod 777 socket
    refused 'socket' ./socket
    strace -f -qq -o trace -e trace=open,openat "$FOSTER" ./fifo 2>/dev/null || true
    fails grep '"./fifo"' trace
}

@test "EACCES names the owner of the file, and the directory that is closed (131)" {
    file private '#!/bin/sh\n'
    chmod 700 private
    exits 126 as_child_user ./private
    says "uid $ORDINARY may not execute it; it belongs to uid 0"
    mkdir -m 700 closed
    file closed/program '#!/bin/sh\n'
    exits 126 as_child_user closed/program
    says 'directory on the way'
}

@test "control characters in a file's name or #! line never reach the terminal (131)" {
    odd=$'\x9b31m\xc2\x9b1m\e[31m\x84\xff\x7f\xc3\x84'
    file odd "#!/none$odd\n"
    refused 'is missing: /none?31m??1m?.31m???'$'\xc3\x84' ./odd
    for name in foster tini dumb-init catatonit; do
        ln -sf "$FOSTER" "$name"
        for command in "/nowhere/$odd" "$odd"; do
            run -127 --separate-stderr "$PWD/$name" "$command" || [ "$status" -ne 0 ]
            harmless
        done
        run --separate-stderr "$PWD/$name" "--$odd" true
        harmless
        run --separate-stderr "$PWD/$name" "-$odd" true
        harmless
    done
    printf '[a]\ncommand = /nowhere/%s\nready = %s\n%s = %s\n' "$odd" "$odd" "$odd" "$odd" >conf
    run --separate-stderr "$FOSTER" --check --config conf
    harmless
    printf '[a]\ncommand = /nowhere/%s\nessential = yes\n' "$odd" >conf
    exits 127 as_pid1 --control none --config conf
    harmless
}
