/*
 * files.h - the configuration files, opened and in memory.
 */
#ifndef CONFIG_FILES_H
#define CONFIG_FILES_H

#include <stddef.h>

#include "config/lines.h"

/* The zero value is none. */
struct files {
    struct lines *list;
    size_t count;
};

/* Adds a file, or the *.conf of a directory in the order of their names; those whose name begins
 * with a dot are left out. What cannot be read is reported as a fault. One thread, before the first
 * start. */
void files_open(struct files *files, const char *path);

/* The same, but nothing if there is no such file. */
void files_open_if_there(struct files *files, const char *path);

/* Gives back the memory of all of them. */
void files_close(const struct files *files);

#endif
