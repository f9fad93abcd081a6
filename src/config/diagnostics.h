/*
 * diagnostics.h - what is wrong with a configuration: file, line, the offending text, and what to
 * write instead, as one line of the log:
 *
 *     foster: /etc/foster.conf:12: unknown key 'comand'; did you mean 'command'?
 *
 * All faults are reported in one run: a user who saw one at each start would have to start foster
 * as often as there are faults.
 */
#ifndef CONFIG_DIAGNOSTICS_H
#define CONFIG_DIAGNOSTICS_H

#include "base/text.h"
#include "config/lines.h"

/* Reports a fault, diagnostics_error(&place, "unknown key '%s'", key), and counts it. */
void diagnostics_error(const struct file_line *place, const char *format, ...) TEXT_FORMAT(2);

/* The number of faults so far. */
unsigned diagnostics_count(void);

/* Reports a word that is unknown, with the text `what` before it, and the nearest of the known
 * words if one is near (base/nearest.h): "unknown key 'comand'; did you mean 'command'?".
 * next(context) returns one known word after the other, then NULL. */
void diagnostics_unknown(const struct file_line *place, const char *what, const char *word,
                         const char *(*next)(void *context), void *context);

#endif
