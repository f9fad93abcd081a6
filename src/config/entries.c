/* entries.c - see entries.h. The list has pages of its own, which grow to what the service with the
 * most entries needs, and are given back when all have been read. */
#include "config/entries.h"

#include <string.h>

#include "base/arena.h"

enum { ROOM_FIRST = 32 };

void entries_begin(struct entries *entries)
{
    entries->count = 0;
    memset(entries->first, 0, sizeof entries->first);
    memset(entries->replaces, 0, sizeof entries->replaces);
    memset(entries->mentions, 0, sizeof entries->mentions);
}

static void grow(struct entries *entries)
{
    size_t room = entries->room == 0 ? ROOM_FIRST : 2 * entries->room;
    struct entry *list = arena_map(room * sizeof *list);
    if (entries->count > 0)
        memcpy(list, entries->list, entries->count * sizeof *list);
    entries_close(entries);
    entries->list = list;
    entries->room = room;
}

void entries_add(struct entries *entries, const struct entry *entry)
{
    if (!keys_is_repeatable(entry->row))
        entries_clear(entries, entry->row);
    entries->mentions[entry->row] = true;
    if (entries->count == entries->room)
        grow(entries);
    entries->list[entries->count++] = *entry;
}

void entries_clear(struct entries *entries, unsigned row)
{
    entries->first[row] = entries->count;
    entries->replaces[row] = entries->mentions[row] = true;
}

bool entries_counts(const struct entries *entries, size_t number)
{
    return number >= entries->first[entries->list[number].row];
}

void entries_close(struct entries *entries)
{
    if (entries->room > 0)
        arena_unmap(entries->list, entries->room * sizeof *entries->list);
    entries->list = NULL;
    entries->room = 0;
}
