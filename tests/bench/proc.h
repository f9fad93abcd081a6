/* Numbers from /proc about a process. */
#ifndef BENCH_PROC_H
#define BENCH_PROC_H

#include <stdbool.h>
#include <sys/types.h>

/* The number after `key` at the start of a line of /proc/PID/FILE ("" for the file's first number);
 * -1 if missing. */
long proc_number(pid_t pid, const char *file, const char *key);

/* Whether /proc/PID/FILE has a line that contains `word`. */
bool proc_mentions(pid_t pid, const char *file, const char *word);

#endif
