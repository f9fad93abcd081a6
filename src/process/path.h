/*
 * path.h - where a command is looked for.
 *
 * As execvp(3), with one difference: an empty entry of PATH does not mean the current directory. In
 * an image that is an accident, and running whatever lies in the working directory of PID 1 is a
 * surprise nobody asked for.
 */
#ifndef PROCESS_PATH_H
#define PROCESS_PATH_H

#include <limits.h>
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

/* A candidate is cut at PATH_MAX characters, with its NUL one byte more than a path may have: the
 * kernel refuses the rest of it as it refuses the whole, ENAMETOOLONG (getname() in fs/namei.c).
 * PATH and a name may be longer than a stack. */
enum { PATH_ROOM_MOST = PATH_MAX + 1 };

/* The room that the longest candidate of a name needs, with its NUL: at most PATH_ROOM_MOST. */
size_t path_room(const char *name);

/* The next candidate: the name itself if it has a slash, else each directory of PATH with the name
 * behind it. The buffer has path_room(name) bytes. False when there is none left.
 * Async-signal-safe. */
bool path_next(struct path_walk *walk, const char *name, char *candidate);

#endif
