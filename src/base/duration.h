/*
 * duration.h - spans of time: as a user writes them, and as foster prints them.
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* A span; also a point in time, as the span since the clock's zero (clock.h). */
typedef int64_t milliseconds;

enum {
    MS_PER_SECOND = 1000,
    MS_PER_MINUTE = 60 * MS_PER_SECOND,
    MS_PER_HOUR = 60 * MS_PER_MINUTE,
    MS_PER_DAY = 24 * MS_PER_HOUR,
};

/* Both: any thread and signal handlers; they allocate nothing. */

/* Reads "500ms", "5s", "2m", "1h", or "5", which means seconds; as in a Compose file also
 * fractions, and several units in a row: "1.5s", "1m30s". What is less than a millisecond is cut
 * off. False if it is none of these, or above a year. */
bool duration_parse(const char *string, milliseconds *duration);

/* Appends a span in the unit that fits it: "0.25 s", "12.1 s", "3 min", "5 h", "12 days". */
void duration_append(struct text *text, milliseconds duration);

#endif
