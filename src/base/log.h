/*
 * log.h - foster's messages, on stderr, line by line.
 *
 * PID 1 shares its stderr with the programs that it runs. A line is one write(2), so that it is not
 * mixed with theirs, if there is room for it. A reader that does not read delays foster by at most
 * 100 ms and then loses the line or the rest of it: an init that waits for a log reader forwards no
 * signals. SIGPIPE and SIGXFSZ have to be blocked.
 *
 * All functions but log_set_level(): async-signal-safe, allocate nothing, keep errno.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/text.h"

/* How much is logged: each level includes those before it. The default is LOG_WARNING: nothing is
 * logged while nothing is wrong. The numbers are a user's too: options set them. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Before there is a second thread. */
void log_set_level(int level);

/* True if lines of that level are written, for lines that take some work to build. */
bool log_wants(enum log_level level);

/* Begins a line: clears the text and appends "foster: ". */
void log_begin(struct text *line);

/* Writes the line and a newline to stderr, if lines of that level are written. */
void log_end(enum log_level level, struct text *line);

/* Writes the line and a newline to a descriptor, whatever the level. */
void log_write(int fd, struct text *line);

/* Writes a whole line: log_line(LOG_WARNING, "no %s", name). */
void log_line(enum log_level level, const char *format, ...) TEXT_FORMAT(2);

#endif
