/*
 * relay.h - what services print, relayed line by line.
 *
 * For log = prefix and log = json a service writes to a pipe; one thread reads all the pipes and
 * writes whole lines to foster's stdout. The thread is there only if a service asks for it. It
 * alone waits for a reader who does not read: then the services wait when their pipes are full, as
 * they would without us, and neither signals nor a stop wait for anybody.
 *
 * Promises: a line is never torn and never mixed with another's; a last line without its newline is
 * kept; the bytes of a line stay as they are (prefix), or are escaped so that the object is valid
 * JSON, with U+FFFD for what is not UTF-8; lines of one service stay in order (stdout and stderr
 * share the pipe, for else their order were lost). A line of more than RELAY_LINE_MAX bytes is cut
 * into several.
 */
#ifndef LOGS_RELAY_H
#define LOGS_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "config/plan.h"

enum { RELAY_LINE_MAX = 1 << 20 };

/* Makes the pipes of the services that are relayed, and starts the thread if there are any. Called
 * before the first start by the main thread, with all signals blocked. False, and it has been said,
 * if there are no descriptors or no thread to be had. What is written goes to that descriptor. */
bool relay_begin(const struct plan *plan, int to);

/* The descriptor that is to be stdout and stderr of the service: its pipe, close-on-exec;
 * RELAY_KEPT: it keeps foster's own; RELAY_TO_NULL: /dev/null. A service with a file has none: the
 * child opens it. Supervisor's thread. */
enum { RELAY_KEPT = -1, RELAY_TO_NULL = -2 };
int relay_of(const struct service *service);

/* A run of the service has ended: what it wrote is relayed now, also a last line without its end,
 * so that the next run's first does not continue it. Supervisor's thread. */
void relay_run_ended(const struct service *service);

/* Once no process is left that could write: relays what is still in the pipes, with last lines that
 * have no newline, and ends the thread; does not wait for a stuck reader longer than until the
 * deadline. Main thread. */
void relay_end(milliseconds deadline);

#endif
