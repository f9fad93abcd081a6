#!/usr/bin/env bats
# A command that cannot be run: one line with the program's name and the cause, 127 if there is none, 126 if there is.

load helpers

default_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# make_file NAME BYTES [MODE]
make_file() {
    printf %b "$2" >"$1"
    chmod "${3:-755}" "$1"
}

@test "15, 29: not found: 127 and the PATH that was searched" {
    via=(env PATH=/bin:/nowhere)
    for way in "${WAYS[@]}"; do
        exits 127 "$way" absent-program -x
        says absent-program 'not found' /bin:/nowhere
    done
    exits 127 as_pid1 /nowhere/absent-program
    says /nowhere/absent-program 'not found'
    exits 127 as_pid1 ''
    says 'not found'
}

@test "29: a directory on the way is missing, or is a file" {
    make_file plain ''
    exits 127 as_pid1 ./missing/program
    says ./missing/program
    exits 127 as_pid1 ./plain/program
    says ./plain/program
}

@test "24: the interpreter is missing" {
    make_file script '#!/no/such/interpreter -x\necho ran\n'
    for way in "${WAYS[@]}"; do
        exits 126 "$way" ./script
        says script interpreter /no/such/interpreter
        [[ $stderr != *"/no/such/interpreter -x"* ]]
    done
}

@test "24: the #! line ends in CR" {
    make_file script '#!/bin/sh\r\necho ran\r\n'
    exits 126 as_pid1 ./script
    says script CRLF
}

@test "24: the ELF loader is missing" {
    LC_ALL=C sed 's/ld-linux/ld-absnt/' /bin/true >dynamic
    chmod +x dynamic
    exits 126 as_pid1 ./dynamic
    says dynamic loader ld-absnt
}

@test "24: built for another machine" {
    cp "$BIN/exit" foreign
    printf '\x32\x00' | dd of=foreign bs=1 seek=18 conv=notrunc status=none # EM_IA_64
    exits 126 as_pid1 ./foreign
    says foreign 'built for' "$(uname -m)"
}

@test "24: a damaged program file" {
    head -c 100 "$BIN/exit" >damaged
    chmod +x damaged
    exits 126 as_pid1 ./damaged
    says damaged
}

@test "24: the file system is mounted noexec" {
    mkdir volume
    via=(sh -c 'mount -t tmpfs -o noexec none volume && cp "$BIN/exit" volume && exec "$@"' sh)
    exits 126 as_pid1 volume/exit 0
    says volume/exit noexec
}

@test "25: a script without #! line is run by /bin/sh, with its arguments" {
    make_file script 'echo "$0 $1 $2"; exit 5\n'
    exits 5 as_pid1 ./script one 'two words'
    is './script one two words'
    via=(env "PATH=$PWD:$PATH")
    exits 5 as_pid1 script
    says_nothing
}

# bats test_tags=shipped
@test "25: without #! line and without /bin/sh: it is said that there is no #! line" {
    empty_root --as-pid-1
    make_file "$root/script" 'echo ran\n'
    exits 126 in_empty_root /script
    says /script '#!'
}

@test "26: a directory" {
    mkdir folder
    for way in "${WAYS[@]}"; do
        exits 126 "$way" ./folder
        says folder directory
    done
}

@test "26: not executable" {
    make_file plain '#!/bin/sh\n' 644
    for way in "${WAYS[@]}"; do
        exits 126 "$way" ./plain
        says plain 'not executable'
    done
    via=(env "PATH=$PWD")
    exits 126 as_pid1 plain
    says plain 'not executable'
}

@test "26: what is not executable does not hide what comes later in PATH" {
    mkdir first second
    make_file first/program '' 644
    make_file second/program '#!/bin/sh\nexit 8\n'
    via=(env "PATH=$PWD/first:$PWD/second")
    exits 8 as_pid1 program
}

@test "26: a program that this user may not run" {
    mkdir -m 700 private
    make_file private/program '#!/bin/sh\n'
    exits 126 as_child_user private/program
    says private/program
}

@test "27: PATH unset: the documented default is searched" {
    via=(env -u PATH)
    exits 4 as_pid1 sh -c 'exit 4'
    exits 127 as_pid1 absent-program
    says absent-program "$default_path"
}

@test "27: an empty entry in PATH does not mean the current directory" {
    make_file here '#!/bin/sh\necho ran\n'
    for path in '' : :/nowhere /nowhere: /nowhere::/bin; do
        via=(env "PATH=$path")
        exits 127 as_pid1 here
        says here 'not found'
        is ''
    done
}

@test "29: exactly one line, with every option that makes foster talk" {
    exits 127 as_pid1 -w /nowhere/program
    says /nowhere/program
    exits 127 as_child -g --setsid /nowhere/program
    says /nowhere/program
}
