/*
 * arena.h - memory that is taken before the first service starts, and never given back.
 *
 * PID 1 may fail before its first child, never afterwards: so all that the services need for as
 * long as foster runs is taken from here while the configuration is read. A heap that frees is 5
 * KiB of a small binary, for nothing. One program alone never comes here.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/* Zeroed bytes, aligned for anything; where there is no memory foster says so and exits with 125.
 * One thread, before the first start. */
void *arena_alloc(size_t size);

/* A copy of so many bytes, with a NUL behind them. The same. */
char *arena_copy(const char *bytes, size_t length);

/* A list with room for one more behind count things of that size: the list itself, or a copy of
 * twice its room when count has come to a power of two. The zero list is NULL. The same. */
void *arena_grow(const void *list, size_t count, size_t size);

/* Zeroed pages for the stack of a thread that never ends; the size is a multiple of 4 KiB. The
 * same. */
void *arena_map_stack(size_t size);

/* Zeroed pages for what is needed only while the configuration is read, and their end. Where there
 * is no memory: the same. */
void *arena_map(size_t size);
void arena_unmap(void *pages, size_t size);

#endif
