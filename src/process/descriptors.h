/*
 * descriptors.h - file descriptors: which are open, which a program inherits, and copies of them.
 *
 * All functions but descriptors_close_on_exec_from() are async-signal-safe and allocate nothing.
 */
#ifndef PROCESS_DESCRIPTORS_H
#define PROCESS_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* Closes each descriptor from first on. Without close_range(2) (before Linux 5.9, gVisor, old
 * seccomp profiles) those that /proc/self/fd lists, and without /proc each number up to the
 * limit. */
void descriptors_close_from(int first);

/* Gives the calling thread a table of descriptors of its own, a copy of the one that it shared with
 * the other threads: they do not see what it opens and closes from now on. False where there is
 * neither CLOSE_RANGE_UNSHARE (Linux 5.9) nor unshare(2), which the seccomp profiles of container
 * engines forbid. */
bool descriptors_unshare(void);

/* Makes each descriptor from first on close-on-exec. Returns the list of those that were not, in
 * the arena. Before the first start. */
int *descriptors_close_on_exec_from(int first, size_t *count);

bool descriptor_is_open(int fd);

/* Returns 0, or -1 and errno. */
int descriptor_close_on_exec(int fd);

/* Sets the status flags that can change, as O_NONBLOCK and O_APPEND, fcntl(2). Returns 0, or -1 and
 * errno. */
int descriptor_set_flags(int fd, int flags);

/* Makes a copy of fd with the given number, which is not close-on-exec. Returns 0 or an error
 * number. It makes the system call dup3(2) directly, because the libc's dup2(3) repeats it for ever
 * on EBUSY (musl 1.2.3). */
int descriptor_put(int fd, int number);

/* Makes a copy, close-on-exec, with the lowest free number from least on. Returns it, or -1 and
 * errno. */
int descriptor_copy(int fd, int least);

#endif
