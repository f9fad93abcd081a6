/*
 * entries.h - the entries of all sections of a service, and which of them count.
 *
 * A later file may change what an earlier one says, and a section what [foster] says for all. So an
 * entry is read into the settings only when all of them are known: what can be repeated is added
 * to, of all else the last one counts, and an empty value takes away what stands before it.
 */
#ifndef CONFIG_ENTRIES_H
#define CONFIG_ENTRIES_H

#include "config/keys.h"

/* The zero value is none. */
struct entries {
    struct entry *list; /* in their order */
    size_t count, room;
    size_t first[KEYS_MOST];  /* of each key: the entries before this one do not count */
    bool replaces[KEYS_MOST]; /* so does none of [foster] */
    bool mentions[KEYS_MOST]; /* the key is there, if only with an empty value */
};

/* The sections of another service: no entries. All functions: one thread, before the first
 * start. */
void entries_begin(struct entries *entries);

/* Adds one. */
void entries_add(struct entries *entries, const struct entry *entry);

/* An empty value: the entries of this key that are there do not count. */
void entries_clear(struct entries *entries, unsigned row);

/* True if the entry of that number counts. */
bool entries_counts(const struct entries *entries, size_t number);

/* Gives back the memory. */
void entries_close(struct entries *entries);

#endif
