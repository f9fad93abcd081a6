/*
 * descriptors.h - those that foster was handed and does not need; and what open(2) does not say of
 * one.
 *
 * The libc's fcntl(3) knows all commands of fcntl(2), and is 423 bytes (musl 1.2.3) for the few
 * that are needed here.
 */
#ifndef PROCESS_DESCRIPTORS_H
#define PROCESS_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* Closes every descriptor from first on. Falls back to /proc/self/fd, and then to trying each
 * number up to the limit, where there is no close_range(2) (Linux 5.9; gVisor; old seccomp
 * profiles). Allocates nothing. */
void descriptors_close_from(int first);

/* Gives the calling thread a table of descriptors of its own, a copy of the one that it shared with
 * the others: what one opens or closes from now on, the others do not see. False if that cannot be,
 * where there is neither CLOSE_RANGE_UNSHARE (Linux 5.9) nor unshare(2), which container engines'
 * seccomp profiles forbid. */
bool descriptors_unshare(void);

/* Makes those from first on close-on-exec that are not: a list of them, from the arena. Before the
 * first start. */
int *descriptors_close_on_exec_from(int first, size_t *count);

/* Async-signal-safe. The second: 0, or -1 and errno. */
bool descriptor_is_open(int fd);
int descriptor_close_on_exec(int fd);

/* Sets the flags of the file that can be changed, as O_NONBLOCK and O_APPEND, fcntl(2): 0, or -1
 * and errno. */
int descriptor_set_flags(int fd, int flags);

/* A copy on that number, which is not close-on-exec: 0 or an error number. The raw call: the libc's
 * dup2(3) asks for ever where EBUSY is the answer (musl 1.2.3). */
int descriptor_put(int fd, int number);

/* A copy, close-on-exec, with the lowest number that is free from least on, or -1 and errno. */
int descriptor_copy(int fd, int least);

#endif
