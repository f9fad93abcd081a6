/*
 * exit_report.h - the end of main, or of a service: whether it was expected, and the line that says
 * how it ended, in the log and in the termination log.
 *
 * An exit status is main's own choice, and main explains it on its own stderr; a signal is not. So
 * the line is a warning for an end by a signal that foster did not send or forward, else
 * information. Kubernetes and others read it from a termination log as well.
 */
#ifndef PROCESS_EXIT_REPORT_H
#define PROCESS_EXIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/text.h"
#include "process/signals.h"

/* The file in which Kubernetes looks for a termination message (terminationMessagePath). */
#define TERMINATION_LOG "/dev/termination-log"

/* The signals that the keys of a terminal and its hang-up send to the foreground process group:
 * termios(3). */
#define TERMINAL_SIGNALS (SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGHUP))

/* True if a process was killed by an expected signal. `expected` has a bit for each: those that
 * foster has sent or forwarded to it, and TERMINAL_SIGNALS if foster has put it into the foreground
 * of its terminal. Any thread and signal handlers; allocates nothing. */
bool exit_report_is_expected(int status, uint64_t expected);

/* Appends how a process has ended, from its wait status and the time that it has run: "was killed
 * by SIGKILL after 2.1 s; out of memory: ...". One thread, not a signal handler; allocates nothing.
 */
void exit_report_append(struct text *text, int status, milliseconds lifetime, bool expected);

/* Writes the line to the termination log, if there is a path, and if the file exists and is empty:
 * main's own message is kept. A link that another user than root can have made is not followed:
 * trusted_path.h. One thread, not a signal handler; allocates nothing. */
void exit_report_write(const char *path, const struct text *line);

#endif
