/*
 * goals.h - what foster ctl can wait for: states that a service is to reach.
 *
 * Supervisor's thread, except for goal_find(). Allocates nothing.
 */
#ifndef CONTROL_GOALS_H
#define CONTROL_GOALS_H

#include "config/service.h"
#include "control/writer.h"

enum goal {
    NO_GOAL,
    GOAL_UP,       /* of start and restart */
    GOAL_DOWN,     /* of stop */
    GOAL_RELOADED, /* of reload --wait */
    GOAL_READY,
    GOAL_STARTED,
    GOAL_COMPLETED,
    GOAL_STOPPED,
    GOALS,
};

enum outcome { GOAL_REACHED, GOAL_PENDING, GOAL_OUT_OF_REACH };

/* The goal that `foster ctl wait` knows by this name; NO_GOAL if there is none. Any thread. */
enum goal goal_find(const char *name);

/* Whether a service has reached a goal; out of reach: it will not, unless a user acts. */
enum outcome goal_outcome(enum goal goal, const struct service *service);

/* Writes a line for a goal that is not reached: the service, its state, and the reason. */
void goal_write_reason(struct writer *answer, enum goal goal, const struct service *service,
                       enum outcome outcome);

#endif
