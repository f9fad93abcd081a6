/*
 * path.h - where a command is looked for.
 *
 * As execvp(3), with one difference: an empty entry of PATH does not mean the current directory. In an image that is an
 * accident, and running whatever lies in the working directory of PID 1 is a surprise nobody asked for.
 */
#ifndef PROCESS_PATH_H
#define PROCESS_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Where commands are when PATH is not set: what container engines set. */
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The value of PATH, or the default. */
const char *path_list(void);

/* A walk over the files that a command's name could mean; the zero value starts it. */
struct path_walk {
    const char *rest; /* of PATH, still to be tried */
    bool begun;
};

/* The room that the longest candidate of a name needs, with its NUL. */
size_t path_room(const char *name);

/* The next candidate: the name itself if it has a slash, else each directory of PATH with the name behind it. The
 * buffer has path_room(name) bytes. False when there is none left. Async-signal-safe. */
bool path_next(struct path_walk *walk, const char *name, char *candidate);

#endif
