/*
 * How a service of the benchmark tells what happens: one record at the end of a file that all
 * services of a run share with the harness. Appending is atomic, so no service waits for another
 * and nobody reads while a time is taken. RECORDS is the file's path as the services see it.
 */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <stdint.h>

enum event {
    EXECED = 1,
    STARTED,
    STOPPED
}; /* the init is about to call exec; a service runs; a service got TERM */

struct record {
    int64_t event;
    int64_t time; /* monotonic, nanoseconds */
    int64_t cpu;  /* CPU time of the process since its fork, nanoseconds */
};

#endif
