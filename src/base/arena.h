/*
 * arena.h - memory that is allocated before the first service starts, and never freed.
 *
 * PID 1 may fail before it has its first child, but never afterwards. So all memory that the
 * services need while foster runs is allocated here, while the configuration is read. A heap that
 * can free would be 5 KiB of code without a use. One program alone has no arena.
 *
 * All functions: one thread, before the first start. If there is no memory, foster says so and
 * exits with 125.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/* Zeroed bytes, aligned for any type. */
void *arena_alloc(size_t size);

/* A copy of so many bytes, with a NUL behind them. */
char *arena_copy(const char *bytes, size_t length);

/* A list with room for one more element behind the count that it has: the list itself, or a copy of
 * twice its room if count is a power of two. An empty list is NULL. */
void *arena_grow(const void *list, size_t count, size_t size);

/* Zeroed pages for the stack of a thread that never ends. The size is a multiple of 4 KiB. */
void *arena_map_stack(size_t size);

/* Zeroed pages that are needed only while the configuration is read, and the call that frees
 * them. */
void *arena_map(size_t size);
void arena_unmap(void *pages, size_t size);

#endif
