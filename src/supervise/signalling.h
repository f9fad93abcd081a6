/*
 * signalling.h - the signals that foster sends to a service: its stop signal, SIGCONT if it is
 * stopped, SIGKILL; and a service that cannot be signalled or killed.
 *
 * Signals go to the main process, main_process.h. Where one is refused (EPERM) it is sent as the
 * user whose the process is, process/send_signal.h; the first refusal is logged.
 *
 * All of it: supervisor's thread; allocates nothing.
 */
#ifndef SUPERVISE_SIGNALLING_H
#define SUPERVISE_SIGNALLING_H

#include "config/plan.h"
#include "process/stop_policy.h"

/* Sends a signal to the main process of the service, or to its process group: 0 or an error
 * number. */
int signalling_send(struct service *service, int signal, enum children_reach reach);

/* The same for a signal that came as *info and is forwarded, with its value if it has one. */
int signalling_forward(struct service *service, int signal, siginfo_t *info,
                       enum children_reach reach);

/* Sends the stop signal, and SIGCONT if the process is stopped; with stop_as_group both to the
 * process group, if the process leads one. Returns the error number of the stop signal, or 0. */
int signalling_stop(struct service *service, int signal);

/* Sends SIGKILL to the main process and its process group, and to a process of the service that
 * traces it: until the tracer has ended foster is not told of the end of the main process,
 * ptrace(2). Returns an error number, or 0. */
int signalling_kill(struct service *service);

/* True once foster has sent the service, or its remaining processes, SIGKILL for KILL_TIMEOUT
 * without effect: it no longer waits for their end. */
bool signalling_is_in_vain(const struct service *service);

/* Appends "web (pid 7) cannot be killed: pid 9 traces it", for a service of which
 * signalling_is_in_vain() is true. Reads /proc. */
void signalling_append_unkillable(struct text *text, const struct service *service);

/* Sends SIGCONT to each service that is stopped though it has been sent its stop signal: a stopped
 * process takes no signal but SIGKILL. To be called after each SIGCHLD. Returns when to call it
 * again at the latest, or NEVER. */
milliseconds signalling_look(struct plan *plan);

#endif
