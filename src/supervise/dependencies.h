/*
 * dependencies.h - what must hold of others before a service is started, and what is started along
 * with it.
 *
 * All of it: supervisor's thread.
 */
#ifndef SUPERVISE_DEPENDENCIES_H
#define SUPERVISE_DEPENDENCIES_H

#include "config/plan.h"

enum prospect {
    NOT_MET_YET,
    ALL_MET,
    NEVER_MET, /* unless somebody does something */
};

/* Whether all that a service depends on is as it should be. */
enum prospect dependencies_look(const struct service *service);

/* What a service depends on and will never have; NULL: there is nothing of that kind. */
const struct service *dependencies_failed(const struct service *service);

/* Starts what that service depends on, also by way of others, and what is not as it should be; with
 * NULL, what all those depend on that start by themselves. For a start that somebody wants; after a
 * failure a service waits, for what was stopped by hand is not to come back by itself. */
void dependencies_start(const struct plan *plan, const struct service *of);

/* Whom a waiting service waits for, perhaps by way of others, and who is stopped, so that it will
 * not come by itself; NULL: nobody, or others come first. */
const struct service *dependencies_stopped(const struct service *service);

#endif
