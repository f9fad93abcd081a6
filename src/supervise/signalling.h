/*
 * signalling.h - the signals that a service gets from foster, and what follows where it gets none:
 * it may not be signalled, it stops itself, it does not die.
 *
 * Below it main_process_signal() finds out whom MAINPID has named; for a child
 * send_signal_to_child() sends as its owner what children_signal() is refused.
 *
 * All of it: supervisor's thread.
 */
#ifndef SUPERVISE_SIGNALLING_H
#define SUPERVISE_SIGNALLING_H

#include "config/plan.h"

/* Sends a signal to the service's process, or to its group: 0 or an error number. Where that is
 * refused, it is sent as the user whose the process is; the first time it is said. */
int signalling_send(struct service *service, int signal, enum children_reach reach);

/* The same for a signal that came as *info and is passed on, with its value if it has one. */
int signalling_forward(struct service *service, int signal, siginfo_t *info,
                       enum children_reach reach);

/* Tells a service to stop that has just come into that state, and continues it if it is stopped.
 * Where it cannot be told, it has no more time than an engine gives. */
void signalling_stop(struct service *service, int signal);

/* Kills it with its group, if it has not ended; and a process of its own that traces it, for as
 * long as that lives nobody else is told of its end (ptrace(2)). */
void signalling_kill(struct service *service);

/* Counts one more time that it was killed, or what it left behind; the last is said. */
void signalling_count_kill(struct service *service);

/* True for a service that has been killed and does not die, or may not be killed, and for one that
 * has left behind what does not: nobody is to wait for it. */
bool signalling_is_in_vain(const struct service *service);

/* Appends "web (pid 7) cannot be killed: pid 9 traces it", of such a one. */
void text_add_in_vain(struct text *text, const struct service *service);

/* Continues those that are stopped though they have been told to stop, as each SIGCHLD may say; for
 * who is stopped takes no signal but KILL. Returns when to call it again though nothing happens, or
 * NEVER. */
milliseconds signalling_look(struct plan *plan);

#endif
