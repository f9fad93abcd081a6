/*
 * start_descriptors.h - what is open in a program of a service.
 *
 * stdin is /dev/null, or the file of `stdin`; only the command of the command line has foster's.
 * stdout and stderr are as `log` and `log_stderr` say; those of a probe are /dev/null. The main
 * process has its sockets from descriptor 3 on, the pipe of ready = fd:N as N, and the command of
 * the command line has what foster was started with. The child closes all else (spawn_fork()).
 */
#ifndef SUPERVISE_START_DESCRIPTORS_H
#define SUPERVISE_START_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/plan.h"
#include "process/stream_file.h"
#include "supervise/start_role.h"

enum { START_STREAM_FILES = 3 }; /* of stdin, stdout and stderr */

struct fd_mapping;

struct start_descriptors {
    struct fd_mapping *map; /* from foster's descriptors; room for start_descriptors_most() */
    size_t map_count;
    struct stream_file files[START_STREAM_FILES]; /* the child opens them */
    unsigned short file_count;
};

/* Opens /dev/null, and keeps the command's descriptors out of all other services. Main thread,
 * before the first start. */
void start_descriptors_prepare(const struct plan *all);

/* If there are so many services that each is to have a pidfd (children_use_pidfds()): gives the
 * calling thread a descriptor table of its own, and returns true. Else each fork would copy the
 * pidfds too. Supervisor's thread, before the first start. */
bool start_descriptors_unshare(void);

/* The most mappings that a program of such a service needs, with those that spawn_fork() adds. */
size_t start_descriptors_most(const struct settings *settings);

/* Fills in the mappings and the files. The map is set before; all else is zero. ready_fd: the
 * service's end of the pipe of ready = fd:N, or -1. Supervisor's thread. Allocates nothing. */
void start_descriptors_fill(struct start_descriptors *descriptors, const struct service *service,
                            enum start_role role, int ready_fd);

#endif
