/*
 * probe.h - the checks of a service: is it ready, is it healthy. One at a time.
 *
 * Until the service is ready its readiness is checked, by the method that `ready` names
 * (probe_methods.h), at intervals that grow from 20 ms to 1 s. After that its health check is run
 * at its interval, by one of these methods too: enum ready_by is the kind of both. A command of a
 * check leads a process group, which is killed when its time is
 * over. A result is logged only when it changes something. ready = notify is not checked: notify.h.
 *
 * The stop command is run from here too, as it is never run beside a check.
 *
 * All of these: supervisor's thread; none blocks.
 */
#ifndef SUPERVISE_PROBE_H
#define SUPERVISE_PROBE_H

#include <stdbool.h>

#include "config/service.h"

/* What probe_look() has found to be different. */
enum probe_change { PROBE_UNCHANGED, PROBE_READY, PROBE_UNHEALTHY, PROBE_HEALTHY };

/* The health of a service as its status shows it. */
enum health { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

/* Gives the service its probe, if its settings need one. From the arena: before the first start. */
void probe_prepare(struct service *service);

/* Opens the pipe of ready = fd:N. The descriptor that the program is to have as settings->ready_fd,
 * close-on-exec; -1 if the service uses none, or if it cannot be opened, which is logged. Before
 * each start; the caller closes it after the start. */
int probe_open_fd(struct service *service);

/* A run has begun: checks readiness from now on, or health if the service need not become ready. */
void probe_begin(struct service *service, milliseconds now);

/* The service is ready, however that became known: checks health from now on. */
void probe_begin_health(struct service *service, milliseconds now);

/* The run has ended, or is being stopped: ends all checks, and kills the command of a check and the
 * stop command. */
void probe_end(struct service *service);

/* Does what is due: begins a check, takes its result, ends one that takes too long. Called when a
 * child has ended or probe_due() has come. PROBE_UNHEALTHY once, after as many failures in a row as
 * the settings say; PROBE_HEALTHY when the service is healthy for the first time, or again. */
enum probe_change probe_look(struct service *service, milliseconds now);

/* When to look again even if no child ends, or NEVER. */
milliseconds probe_due(const struct service *service);

enum health probe_health(const struct service *service);

/* True while a command of a check or a stop command runs: it bears the mark of the service. */
bool probe_has_process(struct service *service);

/* Runs the stop command. False if it could not be forked, or its last one still runs; that is
 * logged. Call probe_end() first. */
bool probe_run_stop_command(struct service *service, const char *command);

/* Looks whether the stop command has ended, and then takes its result. True while it runs. */
bool probe_poll_stop_command(struct service *service);

#endif
