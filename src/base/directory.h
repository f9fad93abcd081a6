/* directory.h - a directory is read without the heap; opendir(3) allocates. */
#ifndef BASE_DIRECTORY_H
#define BASE_DIRECTORY_H

#include <dirent.h>
#include <stdalign.h>
#include <stdbool.h>

enum { DIRECTORY_BUFFER = 4096 };

struct directory {
    int fd;
    long length; /* of what the buffer holds */
    long offset; /* of the next entry in it */
    long next;   /* where a later reading goes on, behind the name that was given last */
    alignas(struct dirent) char buffer[DIRECTORY_BUFFER];
};

bool directory_open(struct directory *directory, const char *path);

/* The next name, or NULL at the end. It is good until the next call. */
const char *directory_next(struct directory *directory);

/* Goes on behind a name, where `next` stood then; 0 is the first name. */
void directory_seek(struct directory *directory, long next);

void directory_close(struct directory *directory);

#endif
