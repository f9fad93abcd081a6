/* Many idle processes outside the namespaces that are measured: the load of a full host. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdbool.h>

/* Starts that many processes, or as many as the limits allow; false if those are fewer. They end
 * with the harness at the latest. */
bool start_crowd(int count);

void end_crowd(void);

#endif
