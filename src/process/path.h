/*
 * path.h - the search for a command in PATH.
 *
 * As in execvp(3), but an empty entry of PATH does not mean the working directory. In an image such
 * an entry is a mistake, and a program that happens to lie in the working directory of PID 1 must
 * not run by mistake. All functions are async-signal-safe and allocate nothing.
 */
#ifndef PROCESS_PATH_H
#define PROCESS_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* If PATH is not set: the value that container engines set. */
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The value of PATH, or the default. */
const char *path_list(void);

/* A walk over the files that a command's name can mean. The zero value starts it. */
struct path_walk {
    const char *rest; /* of PATH, still to be tried */
    bool begun;
};

/* A candidate is cut to PATH_MAX characters and a NUL, one byte more than the kernel takes: it
 * refuses the cut path like the whole one, ENAMETOOLONG (getname() in fs/namei.c). A buffer for the
 * whole would have no bound, as PATH and a name may be longer than a stack. */
enum { PATH_ROOM_MOST = PATH_MAX + 1 };

/* The bytes that the longest candidate for a name needs, with its NUL: at most PATH_ROOM_MOST. */
size_t path_room(const char *name);

/* Writes the next candidate to a buffer of path_room(name) bytes: a name with a slash itself, else
 * the name in each directory of PATH. False if there is no more. */
bool path_next(struct path_walk *walk, const char *name, char *candidate);

#endif
