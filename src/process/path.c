/* path.c - see path.h. */
#include "process/path.h"

#include <stdlib.h>
#include <string.h>

const char *path_list(void)
{
    const char *list = getenv("PATH");
    return list != NULL ? list : PATH_DEFAULT;
}

/* A name with a slash is a path, which is not searched for. */
static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL;
}

size_t path_room(const char *name)
{
    size_t longest = 0, length;
    for (const char *rest = is_path(name) ? "" : path_list(); *rest != '\0';
         rest += length + (rest[length] == ':')) {
        length = strcspn(rest, ":");
        if (length > longest)
            longest = length;
    }
    size_t room = longest + sizeof "/" + strlen(name);
    return room < PATH_ROOM_MOST ? room : PATH_ROOM_MOST;
}

/* Appends as many bytes as fit to a candidate of that length. Returns the new length. */
static size_t append(char *candidate, size_t length, const char *bytes, size_t count)
{
    size_t room = PATH_ROOM_MOST - 1 - length;
    size_t taken = count < room ? count : room;
    memcpy(candidate + length, bytes, taken);
    candidate[length + taken] = '\0';
    return length + taken;
}

/* Takes the next entry of PATH that is not empty. Returns its length, 0 at the end. */
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
    const char *directory;
    size_t length = 0;
    walk->begun = true;
    if (is_path(name)) {
        append(candidate, 0, name, strlen(name));
        return first;
    }
    if (first)
        walk->rest = path_list();
    if (*name != '\0')
        length = next_directory(walk, &directory);
    if (length == 0)
        return false;
    length = append(candidate, 0, directory, length);
    length = append(candidate, length, "/", 1);
    append(candidate, length, name, strlen(name));
    return true;
}
