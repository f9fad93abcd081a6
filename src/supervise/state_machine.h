/*
 * state_machine.h - what happens to a service, and what follows: one table of states and events.
 *
 *   stopped --start--> waiting --met--> (clearing) --> forked --execed--> starting --ready--> ready
 *                                                                     \-> running
 *   forked --ended--> failed | backing off
 *   running --ended--> done | failed | backing off --time--> waiting
 *   running --stop---> stopping --ended--> stopped
 *
 * All of it: supervisor's thread.
 */
#ifndef SUPERVISE_STATE_MACHINE_H
#define SUPERVISE_STATE_MACHINE_H

#include "config/plan.h"
#include "supervise/service_event.h"

/* Lets an event happen to a service. */
void state_machine_handle(struct service *service, enum service_event event);

/* How many changes of state there have been, of all services. */
unsigned state_machine_changes(void);

/* What a service counts for once it has ended for good: the exit code that foster passes on. */
int state_machine_exit_code(const struct service *service);

/* True if it ended well: with 0, or with a code that the user calls a success. */
bool state_machine_is_success(const struct service *service);

/* Goes on ending what the last run of a service has left behind, or finding out whether it has:
 * true if nothing is left. While its stop command runs that has not begun. */
bool state_machine_is_cleared(struct service *service);

/* Whose services they are, and what the command line says of them. Called once, before the first
 * start. */
void state_machine_begin(const struct plan *all);

/* The command of the command line is told to stop by that signal, which foster got, instead of its
 * stop_signal. */
void state_machine_set_command_stop_signal(int signal);

#endif
