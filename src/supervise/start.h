/*
 * start.h - a program of a service is started, with all that its settings give it.
 *
 * Services do not share foster's stdin: each reads /dev/null unless it names a file, and the
 * command of the command line has foster's.
 */
#ifndef SUPERVISE_START_H
#define SUPERVISE_START_H

#include <stdbool.h>
#include <sys/types.h>

#include "config/plan.h"
#include "process/spawn.h"

/* How the command of the command line is to stand among groups and terminals, and what it inherits.
 */
struct command_manner {
    enum placement placement;
    int parent_death_signal;
};

/* Opens what all services need: their sockets, /dev/null; remembers where foster was started, which
 * is where they run. False, and each fault has been said, if a socket cannot be had. Main thread,
 * before the first start; afterwards foster may leave its directory. */
bool start_prepare(const struct plan *plan, const struct command_manner *manner);

/* The bytes of stack that a thread needs to start programs. After start_prepare(). */
size_t start_stack_size(void);

/* Starts the service's program, and waits for nothing: 0 when there is a process, or an error
 * number, which has been said, when there is none to be had. *report is what spawn_result_read()
 * reads from then on, and the caller's to close. The program has ready_fd, if it is not -1, as
 * settings->ready_fd. Supervisor's thread. */
int start_service(struct service *service, int ready_fd, int *report);

/* Starts a command of the service's beside it: its user, directory, environment and limits, and
 * MAINPID; a session of its own, stdin from /dev/null; the output of a stop command goes where the
 * service's goes, that of a probe nowhere. The same returns; while service->side_command_failed is
 * set an error is not said again. */
int start_side_command(struct service *service, const char *command, struct promise *promise,
                       int *report);

/* The number that marks all processes of a service: see spawn.h. */
unsigned start_mark(const struct service *service);

/* foster's own pid. */
pid_t start_own_pid(void);

/* Where there are so many services that each is to have a pidfd, children_use_pidfds(): gives the
 * caller descriptors of its own, and returns true. Supervisor's thread, before the first start. */
bool start_with_own_descriptors(void);

/* Closes the copies of the services' sockets that were left behind by that: as long as there is one
 * its address is taken. Signal thread, now and then. */
void start_close_doubles(void);

/* True if the command was put into the foreground of the terminal. */
bool start_took_terminal(void);

#endif
