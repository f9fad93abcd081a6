/*
 * hash_table.h - names and settings that have been read, found again in constant time.
 *
 * All functions: one thread, while the configuration is read.
 */
#ifndef BASE_HASH_TABLE_H
#define BASE_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct hash_table {
    const void **slots;
    size_t room; /* a power of two */
};

/* Makes a table for at most `most` entries, in pages of its own. Without memory foster exits:
 * arena_map(). */
void hash_table_open(struct hash_table *table, size_t most);
void hash_table_close(struct hash_table *table);

/* The slot of the entry that has this key. If the slot is NULL there is no such entry yet; the
 * caller adds one by putting it there. */
const void **hash_table_slot(const struct hash_table *table, const void *key, size_t length,
                             bool (*is_of_key)(const void *entry, const void *key));

#endif
