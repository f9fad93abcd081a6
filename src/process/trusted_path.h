/*
 * trusted_path.h - paths that root alone controls.
 *
 * foster is root where a service is not, and must not open as root a file that another user has put
 * at a path. Root alone controls a path if each directory on it is owned by root and no other user
 * may write to it, or is mounted read-only. The directories that symbolic links lead through count
 * as well. A link in /proc (/proc/self/fd/1) is made by the kernel and is not followed further. See
 * path_resolution(7).
 *
 * All functions: one thread, or the child of a fork, which has memory of its own;
 * async-signal-safe; they allocate nothing and may block on the file system.
 */
#ifndef PROCESS_TRUSTED_PATH_H
#define PROCESS_TRUSTED_PATH_H

#include <stdbool.h>
#include <sys/types.h>

/* True if root alone controls the path. The file need not exist, but its directory has to. Stops at
 * the first directory that is not root's alone, so that it does not block on a file system that
 * another user may have mounted. */
bool trusted_path_check(const char *path);

/* Opens a file, close-on-exec, with flags of open(2). Returns -1 and errno; ELOOP for a symbolic
 * link in a directory to which others than root may write. */
int trusted_path_open(const char *path, int flags);

/* Opens a file for reading that only its owner may have written. Returns -1 and errno; ELOOP for
 * such a link, EPERM if others than the owner may write to the file. *owner is 0 before the first
 * of several calls, and becomes the owner's uid if that is not root; SEVERAL_OWNERS once two files
 * have different ones. A file that is mounted read-only counts as root's. If foster is not root
 * there is no check: the services have the same rights then. */
#define SEVERAL_OWNERS ((uid_t)-1) /* no user has this uid, chown(2) */
int trusted_path_open_single_owner(const char *path, uid_t *owner);

#endif
