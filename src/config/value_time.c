/* value_time.c - see value_readers.h. Durations. */
#include <string.h>

#include "config/plan.h"
#include "config/value_readers.h"

bool value_read_duration(void *field, struct entry *entry)
{
    return duration_parse(entry->value, field);
}

bool value_read_span(void *field, struct entry *entry)
{
    milliseconds *span = field;
    return duration_parse(entry->value, span) && *span > 0;
}

bool value_read_stop_grace(void *field, struct entry *entry)
{
    struct settings *settings = field;
    settings->stop_grace_period_given = true;
    if (strcmp(entry->value, "unlimited") == 0) {
        settings->stop_grace_period = NEVER;
        return true;
    }
    return duration_parse(entry->value, &settings->stop_grace_period);
}

bool value_read_grace(void *field, struct entry *entry)
{
    struct globals *globals = field;
    globals->grace_given = true;
    return duration_parse(entry->value, &globals->grace);
}

/* "100ms..30s", or one duration for both. */
bool value_read_delays(void *field, struct entry *entry)
{
    struct settings *settings = field;
    char *dots = strstr(entry->value, ".."), *most = entry->value;
    if (dots != NULL) {
        *dots = '\0';
        most = dots + 2;
    }
    bool valid = duration_parse(entry->value, &settings->restart_first) &&
                 duration_parse(most, &settings->restart_most) && settings->restart_most > 0 &&
                 settings->restart_first <= settings->restart_most;
    if (dots != NULL)
        *dots = '.'; /* a report of the fault shows the whole value */
    return valid;
}
