/*
 * life.h - what happens to a service, and what follows: one table of states and events.
 *
 *   stopped --start--> waiting --met--> (clearing) --> forked --execed--> starting --ready--> ready
 *                                                                     \-> running
 *   forked --ended--> failed | backing off
 *   running --ended--> done | failed | backing off --time--> waiting
 *   running --stop---> stopping --ended--> stopped
 *
 * All of it: supervisor's thread.
 */
#ifndef SERVICES_LIFE_H
#define SERVICES_LIFE_H

#include "config/plan.h"

enum event {
    START,    /* somebody wants it to run */
    STOP,     /* somebody wants it to end */
    RESTART,  /* both, one after the other */
    MET,      /* what it depends on is there */
    HOPELESS, /* what it depends on will never be there */
    CLEARED,  /* nothing is left of its last run */
    EXECED,   /* its program runs */
    TOLD,     /* it is ready */
    ENDED,    /* its process is reaped */
    UNWELL,   /* it runs, and does not do its work */
    TIME,     /* the deadline of its state has come */
    ASKED,    /* its stop command has ended, and it has not: the signal is next */
    EVENTS,
};

/* Lets an event happen to a service. */
void life_happen(struct service *service, enum event event);

/* How many changes of state there have been, of all services. */
unsigned life_changes(void);

/* What a service counts for once it has ended for good: the exit code that foster passes on. */
int life_code(const struct service *service);

/* True if it ended well: with 0, or with a code that the user calls a success. */
bool life_is_success(const struct service *service);

/* Goes on ending what the last run of a service has left behind, or finding out whether it has: true if nothing is
 * left. While its stop command runs that has not begun. */
bool life_is_cleared(struct service *service);

/* Whose services they are, and what the command line says of them. Called once, before the first start. */
void life_begin(const struct plan *all);

/* The command of the command line is told to stop by that signal, which foster got, instead of its stop_signal. */
void life_stop_command_with(int signal);

#endif
