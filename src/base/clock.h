/*
 * clock.h - the one clock that foster measures time by.
 *
 * CLOCK_MONOTONIC: when the wall clock is set, no timer of foster's fires or is late. It stands
 * still while the machine is suspended (clock_gettime(2)). Everything here: any thread and signal
 * handlers; allocates nothing.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <time.h>

#include "base/duration.h"

enum { NS_PER_MS = 1000000, US_PER_MS = 1000 };

/* A point in time that never comes. */
#define NEVER INT64_MAX

/* The present time. */
struct timespec clock_read(void);
milliseconds clock_now(void);

/* The earlier of two points, or the shorter of two spans. */
static inline milliseconds clock_earlier(milliseconds one, milliseconds other)
{
    return one < other ? one : other;
}

/* The span from now to a point, as system calls take it; zero if the point has passed. */
struct timespec clock_until(milliseconds point);

#endif
