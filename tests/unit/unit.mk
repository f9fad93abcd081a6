# The unit tests, in three builds: debug, with address and undefined-behaviour sanitizers, and with
# the thread sanitizer. glibc, because musl has no sanitizers and Debian's check does not link with
# it. `make unit` builds them all; tests/check.sh runs them.

UNIT_SOURCES = $(ROOMS:%=%.c) $(patsubst %,init/%.c,$(filter-out main help,$(INIT)))
UNIT_TESTS = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c tests/unit/stress_*.c))
UNIT_BUILDS = debug asan tsan

UNIT_FLAGS_debug =
UNIT_FLAGS_asan = -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_FLAGS_tsan = -fsanitize=thread -Dclone=__clone # libtsan takes every clone() for a fork

# The functions that a test replaces: for each __wrap_NAME in its source, or in a header of this
# directory that it includes, the linker calls that instead of NAME. The .d file lists them.
UNIT_WRAPS = $$(grep -ohE '__wrap_[a-z0-9_]+' $$(grep -oE 'tests/unit/[a-z_0-9]+\.[ch]' $(1)) | \
    sort -u | sed 's/__wrap_/-Wl,--wrap=/')

UNIT_CC = gcc
UNIT_CFLAGS = $(COMMON) -Isrc/children -g -O1
UNIT_LIBS = $$(pkg-config --libs check)

define UNIT_RULES
build/unit/$(1)/obj/%.o: %.c build/license.h
	@mkdir -p $$(@D)
	$$(UNIT_CC) $$(UNIT_CFLAGS) $$(UNIT_FLAGS_$(1)) -c -o $$@ $$<

build/unit/$(1)/%: build/unit/$(1)/obj/tests/unit/%.o $$(UNIT_SOURCES:%.c=build/unit/$(1)/obj/%.o)
	$$(UNIT_CC) $$(UNIT_FLAGS_$(1)) $$(call UNIT_WRAPS,$$(<:.o=.d)) -o $$@ $$^ $$(UNIT_LIBS)

-include $$(UNIT_SOURCES:%.c=build/unit/$(1)/obj/%.d)
-include $$(UNIT_TESTS:%=build/unit/$(1)/obj/tests/unit/%.d)
endef
$(foreach build,$(UNIT_BUILDS),$(eval $(call UNIT_RULES,$(build))))

.PHONY: unit
.SECONDARY:
unit: $(foreach build,$(UNIT_BUILDS),$(UNIT_TESTS:%=build/unit/$(build)/%))
