/*
 * cgroup.h - files of the cgroup that foster is in, v2 or v1: limits and counters.
 *
 * In a container that cgroup is usually mounted as the root of /sys/fs/cgroup; elsewhere
 * /proc/self/cgroup has its path. If there is neither, no file is found. See cgroups(7).
 */
#ifndef PROCESS_CGROUP_H
#define PROCESS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* A file that both versions have, by its names. */
struct cgroup_file {
    const char *controller;
    const char *v1;
    const char *v2;
};

/* Reads the file, up to size - 1 bytes, without its last newline. False if there is none. Any
 * thread, not a signal handler; allocates nothing. */
bool cgroup_read(const struct cgroup_file *file, char *content, size_t size);

/* How many processes of the cgroup the OOM killer has killed; 0 also if that is unknown (Linux
 * before 4.13). One thread, not a signal handler: keeps the file open. */
long cgroup_oom_kills(void);

/* Appends the memory limit of the cgroup, "16 MiB". False if there is none. As cgroup_read(). */
bool cgroup_add_memory_limit(struct text *text);

#endif
