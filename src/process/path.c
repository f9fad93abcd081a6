/* path.c - see path.h. */
#include "process/path.h"

#include <stdlib.h>
#include <string.h>

const char *path_list(void)
{
    const char *list = getenv("PATH");
    return list != NULL ? list : PATH_DEFAULT;
}

/* A path is taken as it is. */
static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL;
}

size_t path_room(const char *name)
{
    size_t longest = 0, length;
    if (is_path(name))
        return strlen(name) + 1;
    for (const char *rest = path_list(); *rest != '\0'; rest += length + (rest[length] == ':')) {
        length = strcspn(rest, ":");
        if (length > longest)
            longest = length;
    }
    return longest + sizeof "/" + strlen(name);
}

/* The next directory of PATH that is not empty; its length, or 0 at the end. */
static size_t next_directory(struct path_walk *walk, const char **directory)
{
    while (*walk->rest != '\0') {
        size_t length = strcspn(walk->rest, ":");
        *directory = walk->rest;
        walk->rest += length + (walk->rest[length] == ':');
        if (length != 0)
            return length;
    }
    return 0;
}

bool path_next(struct path_walk *walk, const char *name, char *candidate)
{
    bool first = !walk->begun;
    walk->begun = true;
    if (is_path(name)) {
        strcpy(candidate, name);
        return first;
    }
    if (first)
        walk->rest = path_list();
    const char *directory;
    size_t length = *name != '\0' ? next_directory(walk, &directory) : 0;
    if (length == 0)
        return false;
    memcpy(candidate, directory, length);
    candidate[length] = '/';
    strcpy(candidate + length + 1, name);
    return true;
}
