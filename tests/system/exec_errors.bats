#!/usr/bin/env bats
# A command that cannot be run: one line with the program's name and the cause; 127 if it does not
# exist, else 126.

load helpers

default_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# make_file NAME BYTES [MODE]: makes a program file.
make_file() {
    printf %b "$2" >"$1"
    chmod "${3:-755}" "$1"
}

@test "a command that is not found: 127, and the PATH that was searched (15, 29)" {
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

@test "a directory on the way that is missing, or is a file, is named (29)" {
    make_file plain ''
    exits 127 as_pid1 ./missing/program
    says ./missing/program
    exits 127 as_pid1 ./plain/program
    says ./plain/program
}

@test "a missing interpreter is named (24)" {
    make_file script '#!/no/such/interpreter -x\necho ran\n'
    for way in "${WAYS[@]}"; do
        exits 126 "$way" ./script
        says script interpreter /no/such/interpreter
        [[ $stderr != *"/no/such/interpreter -x"* ]]
    done
}

@test "a #! line that ends in CR is named (24)" {
    make_file script '#!/bin/sh\r\necho ran\r\n'
    exits 126 as_pid1 ./script
    says script CRLF
}

@test "a missing ELF loader is named (24)" {
    LC_ALL=C sed 's/ld-linux/ld-absnt/' /bin/true >dynamic
    chmod +x dynamic
    exits 126 as_pid1 ./dynamic
    says dynamic loader ld-absnt
}

@test "a program for another machine is named (24)" {
    cp "$BIN/exit" foreign
    printf '\x32\x00' | dd of=foreign bs=1 seek=18 conv=notrunc status=none # EM_IA_64
    exits 126 as_pid1 ./foreign
    says foreign 'built for' "$(uname -m)"
}

@test "a damaged program file is named (24)" {
    head -c 100 "$BIN/exit" >damaged
    chmod +x damaged
    exits 126 as_pid1 ./damaged
    says damaged
}

@test "a file system mounted noexec is named (24)" {
    mkdir volume
    via=(sh -c 'mount -t tmpfs -o noexec none volume && cp "$BIN/exit" volume && exec "$@"' sh)
    exits 126 as_pid1 volume/exit 0
    says volume/exit noexec
}

@test "a script without a #! line is run by /bin/sh, with its arguments (25)" {
    make_file script 'echo "$0 $1 $2"; exit 5\n'
    exits 5 as_pid1 ./script one 'two words'
    is './script one two words'
    via=(env "PATH=$PWD:$PATH")
    exits 5 as_pid1 script
    says_nothing
}

# bats test_tags=shipped
@test "without a #! line and without /bin/sh, the missing #! line is named (25)" {
    empty_root --as-pid-1
    make_file "$root/script" 'echo ran\n'
    exits 126 in_empty_root /script
    says /script '#!'
}

@test "a directory is not executable: 126 (26)" {
    mkdir folder
    for way in "${WAYS[@]}"; do
        exits 126 "$way" ./folder
        says folder directory
    done
}

@test "a file without the x bit is not executable: 126 (26)" {
    make_file plain '#!/bin/sh\n' 644
    for way in "${WAYS[@]}"; do
        exits 126 "$way" ./plain
        says plain 'not executable'
    done
    via=(env "PATH=$PWD")
    exits 126 as_pid1 plain
    says plain 'not executable'
}

@test "a file that is not executable does not hide a program later in PATH (26)" {
    mkdir first second
    make_file first/program '' 644
    make_file second/program '#!/bin/sh\nexit 8\n'
    via=(env "PATH=$PWD/first:$PWD/second")
    exits 8 as_pid1 program
}

@test "a program that this user may not run: 126 (26)" {
    mkdir -m 700 private
    make_file private/program '#!/bin/sh\n'
    exits 126 as_child_user private/program
    says private/program
}

@test "with PATH unset the documented default is searched (27)" {
    via=(env -u PATH)
    exits 4 as_pid1 sh -c 'exit 4'
    exits 127 as_pid1 absent-program
    says absent-program "$default_path"
}

@test "an empty entry in PATH does not mean the current directory (27)" {
    make_file here '#!/bin/sh\necho ran\n'
    for path in '' : :/nowhere /nowhere: /nowhere::/bin; do
        via=(env "PATH=$path")
        exits 127 as_pid1 here
        says here 'not found'
        is ''
    done
}

@test "an exec error is exactly one line, with every verbose option (29)" {
    exits 127 as_pid1 -w /nowhere/program
    says /nowhere/program
    exits 127 as_child -g --setsid /nowhere/program
    says /nowhere/program
}
