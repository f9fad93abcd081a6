/*
 * directory.h - the names in a directory, read without a heap: opendir(3) allocates.
 *
 * All functions: async-signal-safe, if a directory is used by one thread at a time; they allocate
 * nothing and may block on the file system.
 */
#ifndef BASE_DIRECTORY_H
#define BASE_DIRECTORY_H

#include <dirent.h>
#include <stdalign.h>
#include <stdbool.h>

enum { DIRECTORY_BUFFER = 4096 };

struct directory {
    int fd;
    long length; /* of the entries in the buffer, in bytes */
    long offset; /* of the next entry in it */
    long next;   /* the position behind the last name, for directory_seek() */
    alignas(struct dirent) char buffer[DIRECTORY_BUFFER];
};

/* False, and errno, if the path cannot be opened or is not a directory. */
bool directory_open(struct directory *directory, const char *path);

/* The next name, or NULL at the end and on an error. It is valid until the next call. */
const char *directory_next(struct directory *directory);

/* Makes directory_next() return the name behind a position; 0 is the first name. */
void directory_seek(struct directory *directory, long next);

void directory_close(struct directory *directory);

#endif
