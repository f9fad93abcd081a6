/*
 * cgroup.h - what the kernel says of our cgroup, v2 or v1.
 *
 * In a container the own cgroup is usually mounted as the root of /sys/fs/cgroup; elsewhere
 * /proc/self/cgroup says where it is. Neither need be there: then nothing is known. See cgroups(7).
 */
#ifndef PROCESS_CGROUP_H
#define PROCESS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* A fact that both versions have, under their two names. */
struct cgroup_file {
    const char *controller;
    const char *v1;
    const char *v2;
};

/* Reads the file whole, without its last newline. False if there is none. Ordinary context,
 * allocates nothing. */
bool cgroup_read(const struct cgroup_file *file, char *content, size_t size);

/* How many processes of our cgroup the OOM killer has killed; 0 also if nobody knows. Keeps the
 * file open: one thread. Linux 4.13. */
long cgroup_oom_kills(void);

/* Appends the memory limit, "16 MiB", and is true if there is one. */
bool cgroup_add_memory_limit(struct text *text);

#endif
