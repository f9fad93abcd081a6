/* value_expand.c - see value_expand.h. */
#include "config/value_expand.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "config/diagnostics.h"
#include "config/expand.h"
#include "config/value_readers.h"
#include "process/environment.h"

static bool begins(const char *value, const char *with)
{
    return strncmp(value, with, strlen(with)) == 0;
}

static bool is_for_start(const char *value, enum value_kind kind)
{
    switch (kind) {
    case VALUE_COMMAND:
    case VALUE_PATH:
    case VALUE_ENVIRONMENT:
    case VALUE_ENV_FILE:
        return true;
    case VALUE_OUTPUT:
        return begins(value, "file:");
    case VALUE_READY:
        return begins(value, "exec:");
    default:
        return false;
    }
}

/* In a command nothing is expanded within single quotes, so argv_split.h looks at the form. */
static bool is_command(const char *value, enum value_kind kind)
{
    return kind == VALUE_COMMAND ||
           (kind == VALUE_HEALTHCHECK && value_is_healthcheck_command(value));
}

/* Lines that themselves wait for the start say nothing yet. */
static const char *find(const void *context, const char *name, size_t length)
{
    const struct settings *settings = context;
    for (unsigned i = settings->environment_count; i > 0; i--) {
        const struct environment_source *source = &settings->environment[i - 1];
        if (!source->is_file && strncmp(source->text, name, length) == 0 &&
            source->text[length] == '=' && !expand_is_needed(source->text))
            return source->text + length + 1;
    }
    return environment_find(environ, name, length);
}

static bool refuse(const struct entry *entry, const struct reference *missing)
{
    struct text name;
    text_clear(&name);
    if (missing->name != NULL)
        text_add_bytes(&name, missing->name, missing->name_length);
    if (missing->name == NULL)
        diagnostics_error(&entry->place,
                          "%s needs ${NAME}, ${NAME:-word}, ${NAME:?word} or $${, not '%s'",
                          entry->key, entry->value);
    else if (missing->condition == '?' && missing->word_length > 0)
        diagnostics_error(&entry->place, "%s needs ${%s}: %s", entry->key, name.bytes,
                          arena_copy(missing->word, missing->word_length));
    else
        diagnostics_error(&entry->place, "%s needs ${%s}, which is not set and has no default",
                          entry->key, name.bytes);
    return false;
}

static bool is_well_formed(const struct entry *entry)
{
    struct expansion expansion = {.variables = &variables_any};
    return expand_text(&expansion, entry->value) || refuse(entry, &expansion.missing);
}

bool value_expand(struct entry *entry, enum value_kind kind, const struct settings *settings)
{
    const struct variables variables = {find, settings};
    struct expansion expansion = {.variables = &variables};
    if (is_command(entry->value, kind) || !expand_is_needed(entry->value))
        return true;
    if (is_for_start(entry->value, kind))
        return is_well_formed(entry);
    if (!expand_text(&expansion, entry->value))
        return refuse(entry, &expansion.missing);
    expansion.buffer = arena_alloc(expansion.length);
    expansion.length = 0;
    expand_text(&expansion, entry->value);
    entry->value = expansion.buffer;
    return true;
}
