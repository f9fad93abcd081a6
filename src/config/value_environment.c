/*
 * value_environment.c - see value_readers.h. Variables, one by one or from a file.
 *
 * An env_file is read here and now, by foster, which is root where a service may not be. So only a
 * file that a single user can have written is taken (process/trusted_path.h), and that user has to
 * be the service's, which shows only when the whole section is known: `user` may stand below.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "config/diagnostics.h"
#include "config/settings.h"
#include "config/value_readers.h"
#include "process/environment.h"
#include "process/trusted_path.h"

static bool add_variable(struct settings *settings, char *variable)
{
    if (!environment_is_entry(variable))
        return false;
    char **list = arena_grow(settings->environment, settings->environment_count, sizeof *list);
    list[settings->environment_count++] = variable;
    settings->environment = list;
    return true;
}

bool value_read_environment(void *field, struct entry *entry)
{
    return add_variable(field, entry_keep(entry));
}

/* Removes a pair of quotes that is around the whole string. */
static void unquote(char *string)
{
    size_t length = strlen(string);
    if (length < 2 || string[0] != string[length - 1] || (string[0] != '"' && string[0] != '\''))
        return;
    memmove(string, string + 1, length - 2);
    string[length - 2] = '\0';
}

static void read_lines(struct settings *settings, struct lines *lines)
{
    char *line;
    while ((line = lines_next(lines)) != NULL) {
        line += strspn(line, BLANKS);
        if (*line == '\0' || *line == '#')
            continue;
        char *variable = arena_copy(line, strlen(line));
        if (add_variable(settings, variable))
            unquote(strchr(variable, '=') + 1);
        else
            diagnostics_error(&lines->place, "'%s' is not NAME=VALUE", line);
    }
}

bool value_read_env_file(void *field, struct entry *entry)
{
    struct settings *settings = field;
    struct lines lines;
    const char *why = lines_open(
        &lines, entry->value, trusted_path_open_single_owner(entry->value, &settings->env_owner));
    if (why != NULL && (errno == ELOOP || errno == EPERM))
        why = "others can change it, or a link on its path";
    if (why != NULL) {
        diagnostics_error(&entry->place, "env_file needs a readable text file, not '%s': %s",
                          entry->value, why);
        return true;
    }
    read_lines(settings, &lines);
    lines_close(&lines);
    return true;
}
