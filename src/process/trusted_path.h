/*
 * trusted_path.h - who says what a path means?
 *
 * Root alone does, if root owns each directory on the way and nobody else may write to it, or it is
 * mounted read-only; the directories that links lead through are on the way. A link in /proc
 * (/proc/self/fd/1) is the kernel's own, and the end of the way.
 *
 * All functions: in one thread, or in a child that has a copy of the memory or its parent asleep;
 * they allocate nothing and may block on the file system. See path_resolution(7).
 */
#ifndef PROCESS_TRUSTED_PATH_H
#define PROCESS_TRUSTED_PATH_H

#include <stdbool.h>
#include <sys/types.h>

/* True if root alone does; waits for no file system that others may have put there. The file itself
 * need not be there; where a directory is missing nobody can be trusted. */
bool trusted_path_check(const char *path);

/* Opens the file, close-on-exec, but follows no link that stands in a directory to which others may
 * write: -1 and ELOOP then. */
int trusted_path_open(const char *path, int flags);

/* Opens a file to be read that one user alone may have written: -1 and ELOOP for such a link, EPERM
 * where others than the owner may write it. *owner, at first 0, is set to his uid if he is not
 * root; files of two make it SEVERAL_OWNERS. What is mounted read-only is nobody's. Where we are
 * not root we open what we may, for nobody gets by us then what he could not have had. */
#define SEVERAL_OWNERS ((uid_t)-1) /* nobody's uid */
int trusted_path_open_single_owner(const char *path, uid_t *owner);

#endif
