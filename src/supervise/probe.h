/*
 * probe.h - is it ready yet, is it still well: the questions that are asked of a service, one at a
 * time.
 *
 * Before a service is ready its readiness is asked for, by the way that its settings name: a
 * connection, a file, a line on a descriptor, a command; at intervals that grow from 20 ms to 1 s.
 * After that its health check is run at its interval. Never are two probes of one service under
 * way; a command of a probe has a process group of its own, and the group is killed when its time
 * is over. A result is said only when it changes something. (READY_BY_NOTIFY is not asked:
 * notify.h.)
 *
 * All of these: supervisor's thread.
 */
#ifndef SUPERVISE_PROBE_H
#define SUPERVISE_PROBE_H

#include <stdbool.h>

#include "config/service.h"

/* What a look at the probe has brought. */
enum finding { FOUND_NOTHING, FOUND_READY, FOUND_UNWELL, FOUND_WELL };

/* The health of a service as a status shows it. */
enum health { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

/* Gives the service its probe, if its settings need one. From the arena: before the first start. */
void probe_prepare(struct service *service);

/* The descriptor that the program is to have as settings->ready_fd for its newline, close-on-exec,
 * or -1 if there is none to be had or it is not wanted. Called before each start; the caller closes
 * it after the start. */
int probe_open_fd(struct service *service);

/* A run has begun: ask for readiness from now on, or for health if it need not say that it is
 * ready. */
void probe_begin(struct service *service, milliseconds now);

/* It is ready (however that became known): ask for health from now on. */
void probe_is_ready(struct service *service, milliseconds now);

/* The run is over, or is being ended: nothing is asked any more, and a probe that runs is killed.
 */
void probe_end(struct service *service);

/* Does what is due: begins a probe, takes the result of one, kills one that takes too long. Called
 * when a child has died or probe_due() has come. FOUND_UNWELL after as many failures in a row as
 * the settings say, once; FOUND_WELL when it is healthy for the first time, or again. */
enum finding probe_look(struct service *service, milliseconds now);

/* When to look again, even if nothing dies: or NEVER. */
milliseconds probe_due(const struct service *service);

enum health probe_health(const struct service *service);

/* Runs a command of the service beside it, as its stop_command: with its user, environment and
 * directory, MAINPID in the environment, in a group of its own. False if it could not be started;
 * that has been said. One at a time with the probes: call probe_end() first. */
bool probe_run_stop_command(struct service *service, const char *command);

/* True while that runs. Its group is killed by probe_end(). */
bool probe_stop_command_runs(const struct service *service);

#endif
