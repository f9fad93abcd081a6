/*
 * arena.c - see arena.h. Memory comes from the kernel in chunks, which are used from the front on;
 * pages of a chunk that have not been written to use no memory. Rejected: brk(2), which the libc
 * uses.
 *
 * Each start of a service forks, and a fork copies every mapping and every page table. So the
 * chunks follow the program's variables, and the supervisor's stack ends where the program begins:
 * then they are part of the mapping beside them, and one page table is enough for all. With 1,000
 * services that is a twentieth of the cost of a start. The address is a hint to mmap(2): if it is
 * taken, the kernel chooses another.
 */
#include "base/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

enum {
    CHUNK = 64 * 1024,
    PAGE = 4096,          /* of any machine, at least */
    EXIT_NO_MEMORY = 125, /* EXIT_FOSTER_FAILED of process/, which base/ may not include */
};

/* ld(1): where the program begins, and where its variables end. */
extern char __executable_start, _end;

/* The rest of the present chunk. */
static char *chunk;
static size_t left;

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) & ~(unit - 1);
}

static void *map_near(uintptr_t hint, size_t size)
{
    void *pages =
        mmap((void *)hint, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages != MAP_FAILED)
        return pages;
    log_line(LOG_ERROR, "no memory for the services: %s", strerror(errno));
    _exit(EXIT_NO_MEMORY);
}

void *arena_map(size_t size)
{
    return map_near(0, size);
}

/* Nothing is mapped below the program, so a stack there needs no guard page. Anywhere else it does:
 * an overflow must not reach the mapping below. */
void *arena_map_stack(size_t size)
{
    uintptr_t hint = (uintptr_t)&__executable_start - size;
    void *stack = map_near(hint, size);
    if ((uintptr_t)stack != hint)
        mprotect(stack, PAGE, PROT_NONE);
    return stack;
}

void arena_unmap(void *pages, size_t size)
{
    munmap(pages, size);
}

static void take_chunk(size_t size)
{
    uintptr_t end = chunk == NULL ? round_up((uintptr_t)&_end, PAGE) : (uintptr_t)chunk + left;
    left = round_up(size, CHUNK);
    chunk = map_near(end, left);
}

static char *take(size_t size, size_t alignment)
{
    size_t gap = -(uintptr_t)chunk % alignment;
    if (left < gap || left - gap < size) {
        take_chunk(size);
        gap = 0;
    }
    char *taken = chunk + gap;
    chunk = taken + size;
    left -= gap + size;
    return taken;
}

void *arena_alloc(size_t size)
{
    return take(size, alignof(max_align_t));
}

char *arena_copy(const char *bytes, size_t length)
{
    return memcpy(take(length + 1, 1), bytes, length);
}

void *arena_grow(const void *list, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return (void *)(uintptr_t)list;
    void *larger = arena_alloc((count == 0 ? 1 : 2 * count) * size);
    return count == 0 ? larger : memcpy(larger, list, count * size);
}
