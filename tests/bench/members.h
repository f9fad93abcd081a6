/* The processes of a pid namespace, seen from outside: supervisors and services, and what they use.
 * */
#ifndef BENCH_MEMBERS_H
#define BENCH_MEMBERS_H

#include <stdint.h>
#include <sys/types.h>

enum { MOST_MEMBERS = 2048 };

struct members {
    int supervisor_count;
    int service_count;
    pid_t supervisors[MOST_MEMBERS];
    pid_t services[MOST_MEMBERS];
};

/* Finds all processes in init's namespace; a process that runs the file `program` is a service, all
 * others supervise. */
void find_members(struct members *members, pid_t init, const char *program);

/* Of all supervisors together: a number from a file of each (0 where it is missing), or from each
 * thread's file. */
long sum_of_processes(const struct members *members, const char *file, const char *key);
long sum_of_threads(const struct members *members, const char *file, const char *key);

#endif
