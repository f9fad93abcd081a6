#!/usr/bin/env bats
# A program that links libfoster may use any names of its own, and its other children are left
# alone.

load helpers

setup_file() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    export ROOT
}

# declared: prints the names of the functions in foster.h.
declared() {
    sed -n '/^typedef/d; s/^[a-z].*\<\(children_[a-z_]*\)(.*/\1/p' \
        "$ROOT/src/children/foster.h" | sort
}

# builds_and_runs COMPILER LIBRARY...: builds a program with such names, and runs it.
builds_and_runs() {
    "$@" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -o guest "$ROOT/tests/library/guest.c" \
        -I"$ROOT/src/children" "${libraries[@]}" -pthread
    timeout "$LIMIT" env LD_LIBRARY_PATH="$PWD" ./guest
}

# undefined FILE: prints the names that it takes from other libraries.
undefined() { nm "$@" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }' | sort; }

@test "libfoster.a has no global names but those of foster.h, all with its prefix (130)" {
    diff <(nm -g --defined-only "$ROOT/build/libfoster.a" | awk 'NF == 3 { print $3 }' | sort) \
        <(declared)
}

@test "libfoster.so has no global names but those of foster.h, each with a version (130)" {
    diff <(nm -D --defined-only "$ROOT/build/libfoster.so.0" |
        awk '$2 != "A" { print $3 }' | sort) \
        <(declared | sed 's/$/@@FOSTER_0/')
    readelf -dW "$ROOT/build/libfoster.so.0" | grep -q 'SONAME.*\[libfoster.so.0\]'
}

@test "the library needs no name that only one libc has (130)" {
    local name
    diff <(undefined "$ROOT/build/libfoster.a") <(undefined -D "$ROOT/build/libfoster.so.0")
    for name in $(undefined -D "$ROOT/build/libfoster.so.0"); do
        nm -D --defined-only "$(gcc -print-file-name=libc.so.6)" | grep -qE " [TWi] $name(@|\$)"
        nm -D --defined-only /lib/ld-musl-*.so.1 | grep -qE " [TW] $name\$"
    done
    run ! grep -q NEEDED <(readelf -dW "$ROOT/build/libfoster.so.0")
}

@test "a program with its own lock_take works with either library and either libc (130)" {
    local libraries
    ln -s "$ROOT/build/libfoster.so.0" libfoster.so.0
    ln -s libfoster.so.0 libfoster.so
    libraries=("$ROOT/build/libfoster.a")
    builds_and_runs gcc
    builds_and_runs gcc -static
    builds_and_runs musl-gcc -static
    builds_and_runs musl-gcc
    libraries=("-L$PWD" -lfoster)
    builds_and_runs gcc
    builds_and_runs musl-gcc
    readelf -dW guest | grep -q 'NEEDED.*\[libfoster.so.0\]'
}

@test "a program written for the old names still compiles (130)" {
    cat >old.c <<-'END'
		#include <foster.h>
		int main(void)
		{
		    static struct promise none;
		    struct timespec now = {0};
		    return promise_resolved(&none, 0) || promise_await_until(&none, &now, 0) ||
		           promise_await(&none) != -1;
		}
	END
    gcc -std=c11 -D_GNU_SOURCE -Wall -Werror -o old old.c \
        -I"$ROOT/src/children" "$ROOT/build/libfoster.a"
    timeout "$LIMIT" ./old
}
