/* diagnostics.c - see diagnostics.h. One thread, before the first start. */
#include "config/diagnostics.h"

#include <stddef.h>

#include "base/log.h"
#include "base/nearest.h"

/* A file with more faults than these is of another kind, and a search for each word of it would
 * take seconds. */
enum { FAULTS_WITH_NEAREST = 100 };

static unsigned faults, notes;

static void report(enum log_level level, const struct file_line *place, const char *format,
                   va_list list)
{
    struct text line;
    log_begin(&line);
    if (place->file != NULL)
        text_add(&line, "%s:", place->file);
    if (place->line != 0)
        text_add(&line, "%u:", place->line);
    if (place->file != NULL)
        text_add(&line, " ");
    text_add_list(&line, format, list);
    log_end(level, &line);
}

void diagnostics_error(const struct file_line *place, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report(LOG_ERROR, place, format, list);
    va_end(list);
    faults++;
}

void diagnostics_note(const struct file_line *place, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report(LOG_WARNING, place, format, list);
    va_end(list);
    notes++;
}

unsigned diagnostics_count(void)
{
    return faults;
}

unsigned diagnostics_notes(void)
{
    return notes;
}

void diagnostics_unknown(const struct file_line *place, const char *what, const char *word,
                         const char *(*next)(void *context), void *context)
{
    struct text hint;
    text_clear(&hint);
    if (faults < FAULTS_WITH_NEAREST)
        nearest_add_hint(&hint, word, next, context);
    diagnostics_error(place, "%s '%s'%s", what, word, hint.bytes);
}
