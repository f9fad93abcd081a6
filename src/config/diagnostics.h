/*
 * diagnostics.h - what is wrong with a configuration: file, line, the offending text, and what to
 * write instead, as one line of the log:
 *
 *     foster: /etc/foster.conf:12: unknown key 'comand'; did you mean 'command'?
 *
 * All faults are reported in one run: a user who saw one at each start would have to start foster
 * as often as there are faults. A note is a line of the same form about what can be meant, but
 * probably is not: it refuses nothing, and an image that started yesterday still starts.
 */
#ifndef CONFIG_DIAGNOSTICS_H
#define CONFIG_DIAGNOSTICS_H

#include "base/text.h"
#include "config/lines.h"

/* Reports a fault, diagnostics_error(&place, "unknown key '%s'", key), and counts it. */
void diagnostics_error(const struct file_line *place, const char *format, ...) TEXT_FORMAT(2);

/* The number of faults so far. */
unsigned diagnostics_count(void);

/* Reports a note, a warning: diagnostics_note(&place, "%s has no effect", key). It is counted as
 * such, and not as a fault. */
void diagnostics_note(const struct file_line *place, const char *format, ...) TEXT_FORMAT(2);

/* The number of notes so far. */
unsigned diagnostics_notes(void);

/* Reports a word that is unknown, with the text `what` before it, and the nearest of the known
 * words if one is near (base/nearest.h): "unknown key 'comand'; did you mean 'command'?".
 * next(context) returns one known word after the other, then NULL. */
void diagnostics_unknown(const struct file_line *place, const char *what, const char *word,
                         const char *(*next)(void *context), void *context);

#endif
