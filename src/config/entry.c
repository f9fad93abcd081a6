/* entry.c - see entry.h. One thread, before the first start. */
#include "config/entry.h"

#include <string.h>

#include "base/arena.h"

bool entry_parse(struct entry *entry, char *line, const struct file_line *place)
{
    char *equals = strchr(line, '='), *end = equals;
    if (equals == NULL || equals == line)
        return false;
    while (end > line && strchr(BLANKS, end[-1]) != NULL)
        end--;
    *end = '\0';
    char *value = equals + 1 + strspn(equals + 1, BLANKS);
    *entry =
        (struct entry){.place = *place, .key = line, .value = value, .end = value + strlen(value)};
    return true;
}

/* The lines between the value and this one have been read, so their memory can be written over. */
void entry_continue(struct entry *entry, const char *line)
{
    size_t length = strlen(line);
    if (entry->end > entry->value)
        *entry->end++ = ' ';
    memmove(entry->end, line, length + 1);
    entry->end += length;
}

char *entry_keep(const struct entry *entry)
{
    if (*entry->kept == NULL || strcmp(*entry->kept, entry->value) != 0)
        *entry->kept = arena_copy(entry->value, strlen(entry->value));
    return *entry->kept;
}
