/*
 * dependencies.h - depends_on: whether a service may start, and which services are started with it.
 *
 * All of it: supervisor's thread; never waits; allocates nothing.
 */
#ifndef SUPERVISE_DEPENDENCIES_H
#define SUPERVISE_DEPENDENCIES_H

#include "config/plan.h"

enum prospect {
    NOT_MET_YET,
    ALL_MET,
    NEVER_MET, /* unless a service is started by hand */
};

/* Whether all conditions of a service are met. */
enum prospect dependencies_look(const struct service *service);

/* The first service by which a condition can never be met; NULL if there is none. */
const struct service *dependencies_failed(const struct service *service);

/* Starts each service that this one depends on, directly or by others, if its condition is not met;
 * with NULL the dependencies of all services that start by themselves. For a start that is asked
 * for: at a restart after a failure the service only waits, as a service that was stopped by hand
 * is not to be started by others. */
void dependencies_start(const struct plan *plan, const struct service *of);

/* The stopped service that a waiting one waits for, directly or by others: it will not start by
 * itself. NULL if there is none, or if the service waits for another one first. */
const struct service *dependencies_stopped(const struct service *service);

/* Sets is_needed of each service that one for which is_user() is true depends on, directly or by
 * others, whatever their state is; and clears it of all others. */
void dependencies_mark_needed(const struct plan *plan,
                              bool (*is_user)(const struct service *service));

#endif
