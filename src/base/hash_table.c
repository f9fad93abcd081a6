/* hash_table.c - see hash_table.h. Open addressing with linear probing, at most half full. The hash
 * is FNV-1a (RFC 9923). */
#include "base/hash_table.h"

#include <stdint.h>

#include "base/arena.h"

void hash_table_open(struct hash_table *table, size_t most)
{
    table->room = 2;
    while (table->room < 2 * most)
        table->room *= 2;
    table->slots = arena_map(table->room * sizeof *table->slots);
}

void hash_table_close(struct hash_table *table)
{
    arena_unmap(table->slots, table->room * sizeof *table->slots);
}

static uint32_t hash(const unsigned char *bytes, size_t length)
{
    enum { PRIME = 16777619 };
    uint32_t hash = 2166136261;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * PRIME;
    return hash;
}

const void **hash_table_slot(const struct hash_table *table, const void *key, size_t length,
                             bool (*is_of_key)(const void *entry, const void *key))
{
    size_t at = hash(key, length);
    while (table->slots[at &= table->room - 1] != NULL && !is_of_key(table->slots[at], key))
        at++;
    return &table->slots[at];
}
