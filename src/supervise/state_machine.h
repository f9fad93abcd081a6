/*
 * state_machine.h - what happens to a service, and what follows: one table of events and states.
 *
 *   STOPPED --start--> WAITING --met--> (CLEARING) --> FORKED --execed--> STARTING --ready--> READY
 *                                                                     \-> RUNNING
 *   FORKED  --ended--> DONE | FAILED | BACKING_OFF
 *   RUNNING --ended--> DONE | FAILED | BACKING_OFF --delay--> WAITING
 *   RUNNING --stop---> (STOP_COMMAND) --> STOP_SIGNAL --timeout--> STOP_KILL
 *                      each of them --ended--> (STOP_CLEARING) --> STOPPED
 *
 * That is the usual way; docs/ARCHITECTURE.md has every state and transition. All functions:
 * supervisor's thread; never wait; allocate nothing.
 */
#ifndef SUPERVISE_STATE_MACHINE_H
#define SUPERVISE_STATE_MACHINE_H

#include "config/plan.h"
#include "supervise/service_event.h"

/* Sets the plan. Call it once, before the first start. */
void state_machine_begin(const struct plan *all);

/* Makes that signal the stop signal of the command of the command line, instead of its stop_signal:
 * the signal that foster has been sent. */
void state_machine_set_command_stop_signal(int signal);

/* Does what the table has for that event in the state of the service. */
void state_machine_handle(struct service *service, enum service_event event);

/* Goes on ending the remaining processes of the last run, or searching for them, for some 20 ms at
 * most, process/run_mark.h. True if there are none; false while the stop command runs, which is
 * waited for first. For CLEARING and STOP_CLEARING. */
bool state_machine_clear(struct service *service);

/* Moves the deadline of the present state. */
void state_machine_set_deadline(struct service *service, milliseconds deadline);

/* How many times a state was entered or a service became healthy, for all services together; the
 * states of a stop count as one. */
unsigned state_machine_changes(void);

/* The exit code of foster if this service, which has ended for good, decides it. */
int state_machine_exit_code(const struct service *service);

/* True if its last run was a success: it ended with 0, or with a code that counts as 0, and not
 * before it was ready. */
bool state_machine_is_success(const struct service *service);

#endif
