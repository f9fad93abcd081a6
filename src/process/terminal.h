/*
 * terminal.h - the terminal on stdin: which process group is in its foreground, and which session
 * has it.
 *
 * A shell as main needs the foreground for its job control, and Ctrl-C goes to the foreground
 * process group. So main is put into the foreground, but only if foster was there: a foster that
 * was started in the background leaves it to the program that has it. Without a terminal, or with a
 * closed stdin, nothing is done, and that is no failure. See tcsetpgrp(3), ioctl_tty(2),
 * credentials(7).
 *
 * For all of these: any thread and signal handlers; allocates nothing. An error is ENOTTY, ENXIO,
 * EBADF, EIO or EPERM.
 */
#ifndef PROCESS_TERMINAL_H
#define PROCESS_TERMINAL_H

#include <stdbool.h>

/* True if the caller's process group is in the foreground. */
bool terminal_is_ours(void);

/* Puts the caller's process group into the foreground. Caller has SIGTTOU blocked: else a
 * background process is stopped for it. */
void terminal_take(void);

/* The caller, a session leader, gives up its terminal, so that a child can take it in a session of
 * its own: 0 or an error number, EPERM if the caller leads none. The kernel then sends SIGHUP and
 * SIGCONT to the caller's process group. */
int terminal_release(void);

/* The caller, the leader of a new session, takes the terminal: 0 or an error number. */
int terminal_adopt(void);

#endif
