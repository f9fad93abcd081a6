/*
 * hash_table.h - what has been read already, found again without looking through all of it: names
 * and settings.
 *
 * For as long as the configuration is read; its pages are given back. One thread, before the first
 * start.
 */
#ifndef BASE_HASH_TABLE_H
#define BASE_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct hash_table {
    const void **slots;
    size_t room; /* a power of two */
};

/* For so many entries at most. Where there is no memory foster ends: arena_map(). */
void hash_table_open(struct hash_table *table, size_t most);
void hash_table_close(struct hash_table *table);

/* The slot of the entry that is the key's; it is NULL if there is none yet, and then the entry's to
 * be put there. */
const void **hash_table_slot(const struct hash_table *table, const void *key, size_t length,
                             bool (*is_of_key)(const void *entry, const void *key));

#endif
