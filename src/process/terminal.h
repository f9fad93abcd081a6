/*
 * terminal.h - who the terminal on stdin belongs to.
 *
 * A shell needs the terminal's foreground to have job control, and Ctrl-C goes to the foreground
 * group. So main is given the foreground, but only if foster had it: an init started in the
 * background does not steal it. No terminal, no /dev/tty, a closed stdin: nothing to hand over, and
 * no failure (ENOTTY, ENXIO, EBADF, EIO, EPERM alike). See tcsetpgrp(3), ioctl_tty(2),
 * credentials(7).
 */
#ifndef PROCESS_TERMINAL_H
#define PROCESS_TERMINAL_H

#include <stdbool.h>

/* True if the process group of the caller is in the foreground of the terminal on stdin.
 * Async-signal-safe. */
bool terminal_is_ours(void);

/* Puts the caller's process group into the foreground. Caller has SIGTTOU blocked.
 * Async-signal-safe. */
void terminal_take(void);

/* A session leader lets go of its terminal so that a child can have it in a session of its own: 0,
 * or why not. The kernel then sends SIGHUP and SIGCONT to the foreground group, which is ours;
 * these two are not meant for anybody. */
int terminal_release(void);

/* The caller, leader of a new session, takes the terminal on stdin as its own: 0, or why not.
 * Async-signal-safe. */
int terminal_adopt(void);

#endif
