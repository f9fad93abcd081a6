/*
 * value_environment.c - see value_readers.h. Variables, one by one or from a file.
 *
 * Nothing is looked up here: a file is read, and a ${NAME} expanded, at each start of the service
 * (supervise/start_lookup.h).
 */
#include <string.h>

#include "base/arena.h"
#include "config/expand.h"
#include "config/settings.h"
#include "config/value_readers.h"
#include "process/environment.h"

static void add_source(struct settings *settings, const struct environment_source *source)
{
    struct environment_source *list =
        arena_grow(settings->environment, settings->environment_count, sizeof *list);
    list[settings->environment_count++] = *source;
    settings->environment = list;
    settings->needs_lookup |= source->is_file || expand_is_needed(source->text);
}

bool value_read_environment(void *field, struct entry *entry)
{
    struct environment_source source = {.text = entry_keep(entry)};
    if (!environment_is_entry(source.text))
        return false;
    add_source(field, &source);
    return true;
}

/* "PATH", or "-PATH" for a file that need not be there. */
bool value_read_env_file(void *field, struct entry *entry)
{
    bool is_optional = *entry->value == '-';
    char *path = value_keep_path(entry, entry->value + is_optional) + is_optional;
    add_source(field, &(struct environment_source){path, true, is_optional});
    return *path != '\0';
}
