/*
 * shutdown.h - the stop of all services: what begins it, its order, its deadline, and the exit code
 * of foster.
 *
 * It begins when foster is told to stop, when an essential service has ended for good, or when all
 * have ended and a oneshot is to be undone. Each
 * service is stopped as soon as no running service depends on it, independent ones side by side,
 * all under one deadline. The exit code is that of the first essential service that has ended;
 * without one it is that of the first service that has failed, or 0.
 *
 * All of it: supervisor's thread, but for shutdown_prepare(); never waits; allocates nothing.
 */
#ifndef SUPERVISE_SHUTDOWN_H
#define SUPERVISE_SHUTDOWN_H

#include <stdbool.h>

#include "config/plan.h"

/* Sets the plan. Call it once, before the first start. */
void shutdown_prepare(struct plan *all);

/* Begins the shutdown; a second call does nothing. */
void shutdown_begin(void);

/* True from then on: nothing is started any more. */
bool shutdown_is_under_way(void);

/* The latest deadline that a service may ask for (EXTEND_TIMEOUT_USEC) during the shutdown: that of
 * the whole stop, or 0 if there is none. */
milliseconds shutdown_deadline(void);

/* Notes the state of a service for the exit code. An essential one that has ended begins the
 * shutdown. Call it after each look at a service. */
void shutdown_note_service(const struct service *service);

/* Stops the services whose turn it is, and kills all when the time is over. Returns when that is,
 * or NEVER. */
milliseconds shutdown_look(milliseconds now);

/* Once every service has ended for good: decides the exit code of foster, and returns true. False
 * until then. */
bool shutdown_finish(int *code);

#endif
