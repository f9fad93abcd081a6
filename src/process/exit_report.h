/*
 * exit_report.h - the line that says how main ended.
 *
 * An exit status main chose itself, and main has its own stderr to explain it; a signal it did not
 * choose. So the line is written for a death by a signal that foster did not pass on, and as
 * information otherwise. Kubernetes and others read it from a termination log as well.
 */
#ifndef PROCESS_EXIT_REPORT_H
#define PROCESS_EXIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/text.h"
#include "process/signals.h"

/* Where Kubernetes looks for the last words of a container. */
#define TERMINATION_LOG "/dev/termination-log"

/* What the keys of a terminal, and its end, send to the group that has it: ioctl_tty(2),
 * termios(3). */
#define TERMINAL_SIGNALS (SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGHUP))

/* True if a wait status is an end that somebody asked for: the process was killed by one of the
 * expected signals, a bit each: those that foster has sent it or passed on to it, and
 * TERMINAL_SIGNALS for one that foster has put into the foreground of its terminal. */
bool exit_is_expected(int status, uint64_t expected);

/* Appends how it ended, a wait status of waitpid(2), after how long, and by whom if that can be
 * told: "was killed by SIGKILL after 2.1 s; out of memory: ...". Expected is a signal that we sent
 * or passed on. One thread, ordinary context, allocates nothing. */
void text_add_exit(struct text *text, int status, milliseconds lifetime, bool expected);

/* Writes the line to the termination log, if there is a path, and a file that is still empty: what
 * main wrote is kept. It is not reached through a link that somebody else than root can have made,
 * trusted_path.h. */
void termination_log_write(const char *path, const struct text *line);

#endif
