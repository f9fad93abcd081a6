/*
 * value_text.c - see value_readers.h. Words, commands and paths. They are kept as they stand, but
 * for a relative path: it is meant from the directory that foster was started in, and foster leaves
 * that directory before the first start.
 */
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "config/argv_split.h"
#include "config/expand.h"
#include "config/value_readers.h"

bool value_read_words(void *field, struct entry *entry)
{
    *(char **)field = entry->value;
    return true;
}

/* The directory that foster was started in, without a slash at its end; NULL if it has no name. The
 * raw call: musl's getcwd(3) would link malloc(3). */
static const char *start_directory(void)
{
    static const char *directory;
    char path[PATH_MAX];
    if (directory != NULL)
        return directory;
    long length = syscall(SYS_getcwd, path, sizeof path);
    if (length > 0 && path[0] == '/')
        directory = strcmp(path, "/") == 0 ? "" : arena_copy(path, strlen(path));
    return directory;
}

/* A path that begins with a variable is absolute, or not, only when that is known. */
static bool is_relative(const char *path)
{
    return *path != '\0' && *path != '/' && *path != '$';
}

const char *value_path_after(const char *prefix, const char *value)
{
    size_t length = strlen(prefix);
    return strncmp(value, prefix, length) == 0 ? value + length : NULL;
}

char *value_keep_path(const struct entry *entry, const char *path)
{
    if (path == NULL || !is_relative(path) || strlen(path) >= PATH_MAX || start_directory() == NULL)
        return entry_keep(entry);
    size_t before = (size_t)(path - entry->value);
    char whole[before + strlen(start_directory()) + sizeof "/" + strlen(path)];
    memcpy(whole, entry->value, before);
    strcpy(whole + before, start_directory());
    strcat(whole + before, "/");
    strcat(whole + before, path);
    struct entry absolute = *entry;
    absolute.value = whole;
    return entry_keep(&absolute);
}

bool value_read_path(void *field, struct entry *entry)
{
    *(const char **)field = value_keep_path(entry, entry->value);
    return true;
}

bool value_is_command(const char *value)
{
    struct expansion expansion = {.variables = &variables_any};
    return argv_split_count(value, &expansion) > 0 && expansion.length <= ARGV_ROOM_MOST;
}

bool value_read_command(void *field, struct entry *entry)
{
    *(const char **)field = entry_keep(entry);
    return value_is_command(entry->value);
}

static bool is_none(const struct entry *entry)
{
    return strcmp(entry->value, "none") == 0;
}

bool value_read_control(void *field, struct entry *entry)
{
    const char *path = entry->value[0] != '@' ? entry->value : NULL; /* an abstract name */
    *(const char **)field = is_none(entry) ? "" : value_keep_path(entry, path);
    return true;
}

bool value_read_termination_log(void *field, struct entry *entry)
{
    *(const char **)field = is_none(entry) ? NULL : value_keep_path(entry, entry->value);
    return true;
}
