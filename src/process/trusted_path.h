/*
 * trusted_path.h - who says what a path means?
 *
 * Root alone does, if root owns each directory on the way and nobody else may write to it; the directories that links
 * lead through are on the way. A link in /proc (/proc/self/fd/1) is the kernel's own, and the end of the way.
 *
 * Both functions: in one thread, or in a child that has a copy of the memory or its parent asleep; they allocate
 * nothing and may block on the file system. See path_resolution(7).
 */
#ifndef PROCESS_TRUSTED_PATH_H
#define PROCESS_TRUSTED_PATH_H

#include <stdbool.h>

/* True if root alone does. The file itself need not be there; where a directory is missing nobody can be trusted. */
bool path_is_trusted(const char *path);

/* Opens the file, close-on-exec, but follows no link that stands in a directory to which others may write: -1 and ELOOP
 * then. */
int path_open_own(const char *path, int flags);

#endif
