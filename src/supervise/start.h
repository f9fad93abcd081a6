/*
 * start.h - the start of a program for a service: its main process, or a command beside it.
 *
 * What the program gets is put together in start_environment.c and start_descriptors.c; the fork,
 * and all that the child does before its exec, is process/spawn.c.
 */
#ifndef SUPERVISE_START_H
#define SUPERVISE_START_H

#include <stdbool.h>
#include <sys/types.h>

#include "config/plan.h"
#include "process/spawn.h"

/* Opens what all services share, and their sockets; notes the working directory, which is theirs.
 * Placement and parent-death signal are those of the command of the command line. False if a socket
 * cannot be opened; each error is logged. Main thread, before the first start; afterwards foster
 * may leave its directory. */
bool start_prepare(const struct plan *all, enum placement placement, int parent_death_signal);

/* The bytes of stack that a thread needs to start programs. After start_prepare(). */
size_t start_stack_size(void);

/* Forks the service's main process, and does not wait for its exec. 0, or an error number if the
 * start failed before the fork or in it; that is logged. *report is for spawn_result_read(), and
 * the caller closes it. The program has ready_fd as settings->ready_fd, unless it is -1.
 * Supervisor's thread. */
int start_service(struct service *service, int ready_fd, int *report);

/* Forks a command beside the main process, with the service's user, directory, environment, limits
 * and MAINPID, and a session of its own. Otherwise as start_service(). While
 * messages_was_logged(service, ONCE_SIDE_COMMAND) is set an error is logged only for debugging. */
int start_side_command(struct service *service, const char *command, struct promise *promise,
                       int *report);

/* The number that marks all processes of a service: run_mark.h. Any thread. */
unsigned start_mark(const struct service *service);

/* foster's own pid. Any thread. */
pid_t start_own_pid(void);

/* True if the command was put into the foreground of the terminal. */
bool start_took_terminal(void);

#endif
