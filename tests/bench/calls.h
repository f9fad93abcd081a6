/* How many system calls a traced init makes until its end: its own only, without its execve. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include <sys/types.h>

/* Takes a child that stands at its first instruction; gives the count, or -1 if it did not end with
 * exit code 0. */
long count_calls(pid_t init);

#endif
