/* value_text.c - see value_readers.h. Words, commands and paths: they are kept as they stand. */
#include <string.h>

#include "config/argv_split.h"
#include "config/expand.h"
#include "config/value_readers.h"

bool value_read_words(void *field, struct entry *entry)
{
    *(char **)field = entry->value;
    return true;
}

bool value_read_path(void *field, struct entry *entry)
{
    *(const char **)field = entry_keep(entry);
    return true;
}

bool value_is_command(const char *value)
{
    struct expansion expansion = {.variables = &variables_any};
    return argv_split_count(value, &expansion) > 0 && expansion.length <= ARGV_ROOM_MOST;
}

bool value_read_command(void *field, struct entry *entry)
{
    return value_read_path(field, entry) && value_is_command(entry->value);
}

static bool read_path_or_none(const char *none, void *field, struct entry *entry)
{
    *(const char **)field = strcmp(entry->value, "none") == 0 ? none : entry_keep(entry);
    return true;
}

bool value_read_control(void *field, struct entry *entry)
{
    return read_path_or_none("", field, entry);
}

bool value_read_termination_log(void *field, struct entry *entry)
{
    return read_path_or_none(NULL, field, entry);
}
