/*
 * arena.c - see arena.h. Chunks from the kernel, taken off from the front: of a chunk only those pages count that are
 * written to. brk(2) was left to the libc.
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
    EXIT_NO_MEMORY = 125, /* EXIT_FOSTER_FAILED, which belongs to a higher room */
};

/* What is left of the present chunk. */
static char *chunk;
static size_t left;

void *arena_lend(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages != MAP_FAILED)
        return pages;
    say(LOG_ERROR, "no memory for the services: %s", strerror(errno));
    _exit(EXIT_NO_MEMORY);
}

void arena_take_back(void *pages, size_t size)
{
    munmap(pages, size);
}

static void take_chunk(size_t size)
{
    left = size > CHUNK ? size : CHUNK;
    chunk = arena_lend(left);
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

void *arena_take(size_t size)
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
    void *larger = arena_take((count == 0 ? 1 : 2 * count) * size);
    return count == 0 ? larger : memcpy(larger, list, count * size);
}
