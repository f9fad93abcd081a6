/*
 * clock.h - time spans, and the one clock they are measured by.
 *
 * CLOCK_MONOTONIC: a wall clock that jumps neither fires nor delays anything here. It stands still
 * while the machine is suspended (clock_gettime(2)).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/text.h"

/* A span, or a point on the monotonic clock. */
typedef int64_t milliseconds;

enum {
    MS_PER_SECOND = 1000,
    MS_PER_MINUTE = 60 * MS_PER_SECOND,
    MS_PER_HOUR = 60 * MS_PER_MINUTE,
    MS_PER_DAY = 24 * MS_PER_HOUR,
};

/* A point that never comes. */
#define NEVER INT64_MAX

/* What the clock says now. */
struct timespec clock_read(void);
milliseconds clock_now(void);

static inline milliseconds clock_earlier(milliseconds one, milliseconds other)
{
    return one < other ? one : other;
}

/* How long until a point, zero if it has passed; as the system calls want it. */
struct timespec clock_until(milliseconds point);

/* Reads "500ms", "5s", "2m", "1h", or "5", which means seconds. False if it is none of these, or
 * above a year. */
bool duration_parse(const char *string, milliseconds *duration);

/* Appends a span as people say it: "0.25 s", "12.1 s", "3 min", "5 h", "12 days". */
void duration_append(struct text *text, milliseconds duration);

#endif
