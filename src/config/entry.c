/* entry.c - see entry.h. One thread, before the first start. */
#include "config/entry.h"

#include <string.h>

#include "base/arena.h"

enum { TAB_COLUMNS = 8 };

struct indent entry_indent(const char *line)
{
    struct indent indent = {0};
    for (; *line == ' ' || *line == '\t'; line++) {
        indent.characters++;
        indent.columns += *line == ' ' ? 1 : TAB_COLUMNS - indent.columns % TAB_COLUMNS;
    }
    return indent;
}

bool entry_is_deeper(const struct indent *indent, const struct indent *other)
{
    return indent->characters > other->characters || indent->columns > other->columns;
}

/* Takes a backslash off the end of the value, and the blanks before it. One that another backslash
 * stands before is that one's. */
static void take_backslash(struct entry *entry)
{
    const char *first = entry->end;
    while (first > entry->value && first[-1] == '\\')
        first--;
    entry->joins = (entry->end - first) % 2 != 0;
    if (!entry->joins)
        return;
    entry->end--;
    while (entry->end > entry->value && strchr(BLANKS, entry->end[-1]) != NULL)
        entry->end--;
    *entry->end = '\0';
}

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
    take_backslash(entry);
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
    take_backslash(entry);
}

char *entry_keep(const struct entry *entry)
{
    if (*entry->kept == NULL || strcmp(*entry->kept, entry->value) != 0)
        *entry->kept = arena_copy(entry->value, strlen(entry->value));
    return *entry->kept;
}
