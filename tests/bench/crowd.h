/* Many idle processes outside the namespaces that are measured: what else a host has to do. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdbool.h>

/* Starts so many, or as many as there may be; false if those are fewer. They end with the harness,
 * at the latest. */
bool start_crowd(int count);

void end_crowd(void);

#endif
