/*
 * forwarding.h - signals on their way from the signal thread to the services.
 *
 * The signal thread puts each signal into a pipe. The supervisor's thread reads it and forwards the
 * signal to the command, or without one to the essential services; a signal that asks foster to
 * stop begins the shutdown instead.
 */
#ifndef SUPERVISE_FORWARDING_H
#define SUPERVISE_FORWARDING_H

#include <signal.h>
#include <stdbool.h>

#include "config/plan.h"

/* Opens the pipe and watches it. False, and errno, if that fails. Main thread, before the first
 * start. */
bool forwarding_begin(struct plan *all);

/* Passes a signal on to the supervisor's thread, whether a child or another process has sent it.
 * Signal thread. Never blocks. */
void forwarding_put(const siginfo_t *info);

/* True once a signal that asks to stop has come, also before it is read: no service is started
 * after it. Any thread. */
bool forwarding_has_stop(void);

#endif
