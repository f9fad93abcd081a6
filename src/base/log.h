/*
 * log.h - what foster says, on stderr, a line at a time.
 *
 * PID 1 shares its stderr with the programs it runs. A line is one write(2), so it is not torn,
 * wherever it fits in; a reader that does not read delays foster for a moment and then loses the
 * line, or the rest of it, because an init that waits for a log reader forwards no signals. Needs
 * SIGPIPE and SIGXFSZ blocked.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/text.h"

/* How much is logged: each level includes those before it. The default is LOG_WARNING: nothing is
 * logged while nothing is wrong. The numbers are a user's too: options set them. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Set before the first line that depends on it. */
void log_set_level(int level);

/* True if lines of that level are written: for lines that are not worth building otherwise. */
bool log_wants(enum log_level level);

/* The start of a line: clears the text and puts the program's name. Any thread and signal handlers.
 */
void log_begin(struct text *line);

/* Writes the line and a newline, if its level is wanted. Any thread and signal handlers; keeps
 * errno. */
void log_end(enum log_level level, struct text *line);

/* Writes the line and a newline to that descriptor, whatever its level. The same. */
void log_write(int fd, struct text *line);

/* A whole line: say(LOG_WARNING, "no %s", name). The same. */
void say(enum log_level level, const char *format, ...) TEXT_FORMAT(2);

#endif
