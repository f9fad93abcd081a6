/*
 * relay.h - the output of services, relayed line by line.
 *
 * A service with log = prefix or log = json writes to a pipe, or to two if log_stderr is given. One
 * thread, which is started only if there is such a service, reads all pipes and writes whole lines
 * to foster's stdout. Only this thread waits for a reader that does not read. The services then
 * wait when their pipes are full, as they would without foster; signals and stops do not wait.
 *
 * What is promised:
 *
 *   - a line is never torn, and never mixed with another;
 *   - the last line is relayed also if it has no newline;
 *   - with prefix the bytes of a line stay as they are; with json they are escaped, and U+FFFD
 *     stands for each byte that is not UTF-8, so that the object is valid;
 *   - the lines of one service stay in order. stdout and stderr share the pipe, because with two
 *     the order would be lost, as it is with log_stderr;
 *   - a line of more than RELAY_LINE_MAX bytes is cut into several.
 */
#ifndef LOGS_RELAY_H
#define LOGS_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "config/plan.h"

enum { RELAY_LINE_MAX = 1 << 20 };

/* Makes the pipes of the services that are relayed, and starts the thread, if there are any. Lines
 * are written to the descriptor `to`. False, and an error is logged, if there are no descriptors or
 * no thread. Main thread, before the first start, with all signals blocked. */
bool relay_begin(const struct plan *plan, int to);

/* The descriptor that is to be fd of the service, STDOUT_FILENO or STDERR_FILENO. If it is
 * relayed, the write end of its pipe, which is close-on-exec and stays foster's; else RELAY_KEPT
 * for foster's own. For OUTPUT_RAW, OUTPUT_PREFIX and OUTPUT_JSON, settings_output(). Supervisor's
 * thread, before each start. */
enum { RELAY_KEPT = -1 };
int relay_of(const struct service *service, int fd);

/* Call it when a run of the service has ended: its output is relayed now, also a last line without
 * a newline. Supervisor's thread. */
void relay_run_ended(const struct service *service);

/* Relays what is still in the pipes, also last lines without a newline, and ends the thread. Waits
 * for the thread until the deadline at most. Main thread, when no process that could write is left.
 */
void relay_end(milliseconds deadline);

#endif
