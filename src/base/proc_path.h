/*
 * proc_path.h - the paths below /proc that more than one file needs, and those with a number in
 * them. See proc(5).
 */
#ifndef BASE_PROC_PATH_H
#define BASE_PROC_PATH_H

#include "base/text.h"

#define PROC         "/proc"
#define PROC_SELF_FD PROC "/self/fd" /* the open descriptors: links to the files */

enum { PROC_PATH_MAX = sizeof PROC "/self/task//children" + DECIMAL_MAX };

/* Puts a path together: proc_path(path, "/self/fd/", 3, "") is "/proc/self/fd/3". Folder and name
 * are constants, no longer together than those of the longest path. Any thread and signal handlers;
 * allocates nothing. */
void proc_path(char path[PROC_PATH_MAX], const char *folder, int64_t number, const char *name);

#endif
