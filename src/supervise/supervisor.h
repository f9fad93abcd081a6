/*
 * supervisor.h - the thread that all services belong to.
 *
 * It starts and stops them, times them, asks for their readiness and health, and serves those who
 * ask about them. The signal thread only reaps and passes on what came, so nothing that takes long
 * here delays a signal's arrival or a reaping. All functions but the first two: supervisor's
 * thread.
 */
#ifndef SUPERVISE_SUPERVISOR_H
#define SUPERVISE_SUPERVISOR_H

#include <stdbool.h>

#include "config/plan.h"

/* Starts the thread. False, and it has been said, if that cannot be. Main thread, all signals
 * blocked. */
bool supervisor_begin(struct plan *plan);

/* True when all services have ended for good; *code is what foster is to exit with. A SIGCHLD to
 * foster itself says that it is time to look. Main thread. */
bool supervisor_has_ended(int *code);

/* What foster ctl asks for. A service is started with what it depends on. While all is being
 * stopped nothing is. */
void supervisor_start(struct service *service);
void supervisor_stop(struct service *service);
void supervisor_restart(struct service *service);
int supervisor_send(struct service *service, int signal); /* 0 or an error number */
void supervisor_shut_down(void);

/* True once all services are being stopped, for good. */
bool supervisor_is_shutting_down(void);

/* The plan it works on. */
const struct plan *supervisor_plan(void);

/* Somebody who wants to look after each round, such as the control socket. */
struct onlooker {
    void (*look)(void);        /* something may have changed */
    milliseconds (*due)(void); /* when to look again at the latest, or NEVER */
};

/* Set before supervisor_begin(); at most one. */
void supervisor_watch(const struct onlooker *who);

#endif
