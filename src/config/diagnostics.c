/* diagnostics.c - see diagnostics.h. One thread, before the first start. */
#include "config/diagnostics.h"

#include <stddef.h>

#include "base/log.h"
#include "base/nearest.h"

/* A file with more faults than these is of another kind, and a search for each word of it would
 * take seconds. */
enum { FAULTS_WITH_NEAREST = 100 };

static unsigned count;

void diagnostics_error(const struct file_line *place, const char *format, ...)
{
    struct text line;
    va_list list;
    log_begin(&line);
    if (place->file != NULL)
        text_add(&line, "%s:", place->file);
    if (place->line != 0)
        text_add(&line, "%u:", place->line);
    if (place->file != NULL)
        text_add(&line, " ");
    va_start(list, format);
    text_add_list(&line, format, list);
    va_end(list);
    log_end(LOG_ERROR, &line);
    count++;
}

unsigned diagnostics_count(void)
{
    return count;
}

void diagnostics_unknown(const struct file_line *place, const char *what, const char *word,
                         const char *(*next)(void *context), void *context)
{
    struct text hint;
    text_clear(&hint);
    if (count < FAULTS_WITH_NEAREST)
        nearest_add_hint(&hint, word, next, context);
    diagnostics_error(place, "%s '%s'%s", what, word, hint.bytes);
}
