# foster. Targets: all builds the static binary and the library; check runs every test, demo shows
# foster at work, bench and bench-services compare it with its peers, faults makes each system call
# fail, hardened builds a binary with more protection that starts more slowly. A target installs the
# Debian packages that it needs when root runs it, and else names them (tests/need.sh).

VERSION = 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=

BASE = address arena buffer clock directory duration file hash_table http json log nearest \
    proc_path text utf8
CHILDREN = children lock pidfds promise tracees word_lock
PROCESS = attributes brief_child cgroup descriptors environment exec_error exit_report fd_map \
    fork_error listening path procfs run_mark send_signal signals spawn stop_policy stream_file \
    terminal terminate_all thread trusted_path user wait_status
CONFIG = argv_split choice config depends_on diagnostics entries entry env_file expand files \
    habits keys lines missing names plan plan_check plan_print ranks replicas restart_policy \
    section service settings value_attributes value_choices value_environment value_expand \
    value_listen value_numbers value_ready value_text value_time values
LOGS = format own_output relay stream
SUPERVISE = async_close dependencies engine_notify event_loop forwarding main_process messages \
    notify notify_message notify_socket probe probe_methods shutdown side_command signalling \
    sockets start start_descriptors start_environment start_lookup start_watch state_machine \
    supervisor
CONTROL = client connections goals metrics property report request server turns verbs writer
COMPAT = catatonit compat dumb_init foster pause tini
INIT = catalogue finish forward help launch main one_command option_setters options \
    supervise_mode $(COMPAT:%=compat/%)

ROOMS = $(BASE:%=src/base/%) $(CHILDREN:%=src/children/%) $(PROCESS:%=src/process/%) \
    $(CONFIG:%=src/config/%) $(LOGS:%=src/logs/%) $(SUPERVISE:%=src/supervise/%) \
    $(CONTROL:%=src/control/%)
SOURCES = $(ROOMS:%=%.c) $(INIT:%=init/%.c)
CODE = $(SOURCES) $(wildcard src/*/*.h init/*.h init/*/*.h src/children/example/*.c \
    tests/*/*.[ch] tests/*/programs/*.[ch])
SCRIPTS = $(shell grep -rlE '^\#!/(bin/sh|bin/bash|usr/bin/env bash)' tests docker .ci)

# Optimised for size, because few pages and few system calls make a start fast. No PIE: static musl
# would relocate itself at each start. No relro and no separate code pages: each costs a page, and
# there are no relocated tables to protect.
CC = musl-gcc
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual \
    -Wwrite-strings -Werror
COMMON = -std=c11 -D_GNU_SOURCE -DFOSTER_VERSION='"$(VERSION)"' -Isrc -Iinit -Ibuild $(WARN) -MMD \
    -MP
CFLAGS = -DNDEBUG -Oz -fno-pie -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
LDFLAGS = -static -no-pie -s \
    -Wl,--gc-sections,--build-id=none,-z,noexecstack,-z,norelro,-T,init/foster.ld
SIZE_BUDGET = 167936 # 164 KiB; one program maps 52 KiB of it: init/foster.ld

SONAME = libfoster.so.0

.DELETE_ON_ERROR:
.PHONY: all debug hardened install install-links uninstall programs hostile faults injector demo \
    check bench bench-services format lint hooks clean

all: build/foster build/libfoster.a build/$(SONAME)

build/foster: $(SOURCES:%.c=build/obj/%.o) init/foster.ld
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^)
	@tests/binary.sh $@ $(SIZE_BUDGET)

# The library, for programs of either libc: it needs only names that both libcs have. All names but
# those of foster.h are hidden, and local in the archive, which has one member. The shared library
# names no libc, because its program has one. It is bound at load time (-z now), because its
# functions run in signal handlers.
LIBRARY = $(CHILDREN:%=build/pic/src/children/%.o)
TOOL = $(shell $(CC) -print-prog-name=$(1))

build/libfoster.o: $(LIBRARY)
	$(CC) -nostdlib -r -o $@ $^
	$(call TOOL,objcopy) --localize-hidden $@

build/libfoster.a: build/libfoster.o
	rm -f $@ && $(call TOOL,ar) rcs $@ $^

build/$(SONAME): $(LIBRARY) src/children/foster.map
	$(CC) -shared -nostdlib -s -Wl,--build-id=none -Wl,-soname,$(SONAME) \
	    -Wl,--version-script,src/children/foster.map,-Bsymbolic-functions,-z,now \
	    -o $@ $(LIBRARY) -lgcc
# A second binary that is harder to attack: at an unpredictable address (static-pie), with tables
# that are read-only after their relocation, separate code pages and stack canaries. A start takes
# 34 us more than 380, and one program maps 100 KiB more. musl-gcc -static-pie would name a loader;
# so the crt files are named here.
HARDENED_CFLAGS = $(filter-out -fno-pie,$(CFLAGS)) -fPIE -fstack-protector-strong
HARDENED_LDFLAGS = -static -nostartfiles -s -Wl,-pie,--no-dynamic-linker,-z,text,-z,relro,-z,now \
    -Wl,-z,noexecstack,--gc-sections,--build-id=none
HARDENED_BUDGET = 212992
MUSL = /usr/lib/$(shell uname -m)-linux-musl

hardened: build/hardened/foster
build/hardened/foster: $(SOURCES:%.c=build/hardened/obj/%.o)
	$(CC) $(HARDENED_LDFLAGS) -o $@ $(MUSL)/rcrt1.o $(MUSL)/crti.o \
	    $(shell gcc -print-file-name=crtbeginS.o) $^ \
	    $(shell gcc -print-file-name=crtendS.o) $(MUSL)/crtn.o
	@tests/binary.sh $@ $(HARDENED_BUDGET) hardened

build/hardened/obj/%.o: %.c build/license.h Makefile
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(HARDENED_CFLAGS) -c -o $@ $<

build/pic/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMMON) -DNDEBUG -O2 -fPIC -fvisibility=hidden -c -o $@ $<

# An example of a program with the library.
build/example: src/children/example/threads.c build/libfoster.a
	gcc -Wall -Wextra -Werror -Isrc/children -o $@ $^ -pthread

build/obj/%.o: %.c build/license.h Makefile
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) -c -o $@ $<

build/license.h: LICENSE
	@mkdir -p $(@D)
	sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $< > $@

# With symbols and with the address and undefined-behaviour sanitizers, without optimisation; with
# glibc, because musl has no sanitizers.
debug: build/debug/foster
build/clang/foster: $(SOURCES) build/license.h
	@mkdir -p $(@D)
	clang $(filter-out -MMD -MP,$(COMMON)) -Os -o $@ $(SOURCES)
build/debug/foster: $(SOURCES) build/license.h
	@mkdir -p $(@D)
	gcc $(filter-out -MMD -MP,$(COMMON)) -g -O0 -fsanitize=address,undefined \
	    -fno-sanitize-recover=all -o $@ $(SOURCES)

install: all
	install -D -m 755 build/foster $(DESTDIR)$(PREFIX)/bin/foster
	install -D -m 644 build/libfoster.a $(DESTDIR)$(PREFIX)/lib/libfoster.a
	install -D -m 755 build/$(SONAME) $(DESTDIR)$(PREFIX)/lib/libfoster.so.$(VERSION)
	ln -sf libfoster.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/libfoster.so
	install -D -m 644 src/children/foster.h $(DESTDIR)$(PREFIX)/include/foster.h
	install -D -m 644 init/foster.8 $(DESTDIR)$(PREFIX)/share/man/man8/foster.8
	install -D -m 644 init/foster.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/foster.conf.5
	mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' src/children/foster.pc.in \
	    > $(DESTDIR)$(PREFIX)/lib/pkgconfig/foster.pc

# Links under the names of the programs that foster stands in for:
# make install-links NAMES="tini dumb-init"
NAMES = tini docker-init dumb-init catatonit podman-init
install-links:
	mkdir -p $(DESTDIR)$(PREFIX)/bin
	cd $(DESTDIR)$(PREFIX)/bin && for name in $(NAMES); do ln -sf foster "$$name"; done

uninstall:
	cd $(DESTDIR)$(PREFIX) && rm -f bin/foster lib/libfoster.a lib/libfoster.so lib/$(SONAME) \
	    lib/libfoster.so.$(VERSION) include/foster.h share/man/man8/foster.8 \
	    share/man/man5/foster.conf.5 lib/pkgconfig/foster.pc

demo:
	@tests/need.sh gcc libc6-dev musl-tools util-linux binutils procps
	@$(MAKE) -s build/foster build/tests/orphans build/tests/zombies build/tests/signals \
	    build/tests/leave
	@tests/demo.sh

check:
	@tests/check.sh

bench:
	@tests/need.sh gcc libc6-dev musl-tools binutils util-linux gnuplot-nox jq tini dumb-init \
	    catatonit
	@$(MAKE) -s build/foster
	@tests/bench/run.sh build/foster

bench-services:
	@$(MAKE) -s build/foster
	@tests/bench/services.sh build/foster

# The programs that the tests run under foster: static, one source file each.
PROGRAMS = $(patsubst tests/programs/%.c,build/tests/%,$(wildcard tests/programs/*.c))
programs: $(PROGRAMS)
build/tests/%: tests/programs/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -Os -static -s -MMD -MP -o $@ $<

# The hostile programs, likewise.
HOSTILE = $(patsubst tests/hostile/programs/%.c,build/hostile/%,\
    $(wildcard tests/hostile/programs/*.c))
hostile: $(HOSTILE)
build/hostile/%: tests/hostile/programs/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -Os -static -s -MMD -MP -o $@ $<

# Makes each system call of foster fail (tests/faults/run.sh). Takes about ten minutes.
faults: all injector
	@tests/faults/run.sh build/foster
	@tests/faults/table.awk build/faults/rows > tests/faults/table

injector: build/faults/inject build/faults/member
build/faults/inject: $(wildcard tests/faults/*.[ch]) build/faults/calls.h
	gcc -std=c11 -D_GNU_SOURCE $(WARN) -O1 -g -Ibuild/faults -o $@ \
	    $(filter-out %/member.c %.h,$^)
build/faults/member: tests/faults/member.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -Os -static -s -o $@ $<
build/faults/calls.h: Makefile
	@mkdir -p $(@D)
	echo '#include <asm/unistd.h>' | gcc -E -dM - | \
	    sed -nE 's/^#define __NR_([a-z0-9_]+) ([0-9]+)$$/    [\2] = "\1",/p' > $@

include tests/unit/unit.mk

format:
	clang-format -i $(CODE)

lint: build/license.h
	clang-format --dry-run --Werror $(CODE)
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	    --inline-suppr -D_GNU_SOURCE -DFOSTER_VERSION='""' -Isrc -Iinit -Ibuild $(SOURCES)
	clang-tidy --quiet $(SOURCES) -- $(filter-out -MMD -MP,$(COMMON)) 2>/dev/null
	shellcheck $(SCRIPTS)
	cd tests/system && shellcheck -x *.bats *.bash
	cd tests/services && shellcheck -x *.bats *.bash
	cd tests/hostile && shellcheck -x *.bats *.bash
	cd tests/engines && \
	    shellcheck -x world engines.bash behaviours limits inits services pods real examples
	shellcheck tests/names/run.sh
	tests/promises.sh docs/SECURITY.md
	tests/rooms.py
	tests/states.py --check
	tests/statements.py
	tests/comments.py
	tests/columns.py
	mandoc -Tlint -Wwarning init/foster.8 init/foster.conf.5

# Lets git run tests/hooks/pre-commit before each commit.
hooks:
	git config core.hooksPath tests/hooks

clean:
	rm -rf build

-include $(SOURCES:%.c=build/obj/%.d) $(SOURCES:%.c=build/hardened/obj/%.d)
-include $(CHILDREN:%=build/pic/src/children/%.d) $(PROGRAMS:%=%.d) $(HOSTILE:%=%.d)
