/* value_numbers.c - see value_readers.h. Numbers and signals. */
#include <limits.h>

#include "base/text.h"
#include "config/value_readers.h"
#include "process/signals.h"

enum { MODE_MOST = 0777, OCTAL = 8 };

bool value_read_count(void *field, struct entry *entry)
{
    long number = 0;
    bool valid = text_to_number(entry->value, 1, INT_MAX, &number);
    *(unsigned *)field = (unsigned)number;
    return valid;
}

bool value_read_mode(void *field, struct entry *entry)
{
    unsigned mode = 0;
    const char *digit = entry->value;
    for (; *digit >= '0' && *digit < '0' + OCTAL && mode <= MODE_MOST; digit++)
        mode = mode * OCTAL + (unsigned)(*digit - '0');
    *(unsigned short *)field = (unsigned short)mode;
    return *digit == '\0' && mode <= MODE_MOST;
}

bool value_read_signal(void *field, struct entry *entry)
{
    int *signal = field;
    *signal = signal_parse(entry->value);
    return *signal != 0;
}
