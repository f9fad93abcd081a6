/* files.c - see files.h. */
#include "config/files.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/directory.h"
#include "base/file.h"
#include "config/diagnostics.h"

#define SUFFIX ".conf"

static void add_file(struct files *files, const char *path)
{
    files->list = arena_grow(files->list, files->count, sizeof *files->list);
    struct lines *file = &files->list[files->count];
    const char *why = lines_open(file, path, file_open(path));
    if (why == NULL)
        files->count++;
    else
        diagnostics_error(&file->place, "%s", why);
}

static bool is_configuration(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SUFFIX);
    return name[0] != '.' && length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;
}

static const char *join_path(const char *directory, const char *name)
{
    char *path = arena_alloc(strlen(directory) + 1 + strlen(name) + 1);
    stpcpy(stpcpy(stpcpy(path, directory), "/"), name);
    return path;
}

/* The number of the first of the sorted paths that this one comes before, or count. */
static size_t position_of(const char *path, const char *const *paths, size_t count)
{
    size_t first = 0;
    while (first < count) {
        size_t middle = first + (count - first) / 2;
        if (strcmp(paths[middle], path) < 0)
            first = middle + 1;
        else
            count = middle;
    }
    return first;
}

static void add_directory(struct files *files, struct directory *directory, const char *path)
{
    const char **paths = NULL, *name;
    size_t count = 0;
    while ((name = directory_next(directory)) != NULL) {
        if (!is_configuration(name))
            continue;
        paths = arena_grow(paths, count, sizeof *paths);
        const char *file = join_path(path, name);
        size_t position = position_of(file, paths, count);
        memmove(paths + position + 1, paths + position, (count++ - position) * sizeof *paths);
        paths[position] = file;
    }
    for (size_t i = 0; i < count; i++)
        add_file(files, paths[i]);
}

void files_open(struct files *files, const char *path)
{
    struct directory directory;
    if (directory_open(&directory, path)) {
        add_directory(files, &directory, path);
        directory_close(&directory);
    } else {
        add_file(files, path);
    }
}

void files_open_if_there(struct files *files, const char *path)
{
    if (access(path, F_OK) == 0 || errno != ENOENT)
        files_open(files, path);
}

void files_close(const struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        lines_close(&files->list[i]);
}
