/*
 * turns.h - the order in which foster ctl stops several services: each one after those that depend
 * on it.
 *
 * A service that is to be stopped has a turn, which comes when no service that is stopped with it
 * needs it any more. A restart of several services stops all of them in that order, and starts them
 * when all are down. What was begun goes on when the client is gone. Supervisor's thread; never
 * waits; allocates nothing.
 */
#ifndef CONTROL_TURNS_H
#define CONTROL_TURNS_H

#include <stdbool.h>

#include "base/clock.h"
#include "config/plan.h"

enum turn {
    NO_TURN,
    TURN_TO_STOP,
    TURN_TO_RESTART, /* to be stopped, and started again */
    TURN_TO_START,   /* the end of a restart */
};

/* Takes memory for the services of the plan. Main thread, before the first start. */
void turns_begin(const struct plan *all);

/* Gives a service a turn, in place of the one that it has; NO_TURN takes it away. */
void turns_set(const struct service *service, enum turn turn);

/* True while its turn has not come. */
bool turns_is_awaited(const struct service *service);

/* Stops and starts each service whose turn has come. Call it after every change of a service. */
void turns_look(void);

/* When to look again: at once if the last look has acted, or NEVER. */
milliseconds turns_due(void);

#endif
