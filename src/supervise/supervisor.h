/*
 * supervisor.h - the thread that owns all services.
 *
 * It starts, stops, times and probes them, and serves foster ctl. The signal thread only reaps and
 * passes signals on, so nothing that takes long here delays a signal or a reaping. All functions
 * but the first two: supervisor's thread.
 */
#ifndef SUPERVISE_SUPERVISOR_H
#define SUPERVISE_SUPERVISOR_H

#include <stdbool.h>

#include "config/plan.h"

/* Starts the thread. False if that is impossible, which has been logged. Main thread, with all
 * signals blocked; call it once. */
bool supervisor_begin(struct plan *plan);

/* True when all services have ended for good; *code is the exit code of foster then. Look after
 * each SIGCHLD: foster sends itself one at the end. Main thread. */
bool supervisor_has_ended(int *code);

/* The verbs of foster ctl. A start includes what the service depends on. During a shutdown nothing
 * is started. */
void supervisor_start(struct service *service);
void supervisor_stop(struct service *service);
void supervisor_restart(struct service *service);
int supervisor_send(struct service *service, int signal); /* 0, or an error number */
void supervisor_shut_down(void);

/* True once all services are being stopped, for good. */
bool supervisor_is_shutting_down(void);

/* The plan that it works on. */
const struct plan *supervisor_plan(void);

/* A part that looks after each round, such as the control socket. */
struct observer {
    void (*look)(void);        /* something may have changed */
    milliseconds (*due)(void); /* when to call look() at the latest, or NEVER */
};

/* Sets the observer, of which there is one. Call it before supervisor_begin(). */
void supervisor_watch(const struct observer *wanted);

#endif
