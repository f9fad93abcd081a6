/*
 * property.h - the properties of a service that foster ctl shows: in the table, as JSON, as health
 * and as metrics.
 *
 * A number is never negative; one that is not known is UNKNOWN. Supervisor's thread; allocates
 * nothing.
 */
#ifndef CONTROL_PROPERTY_H
#define CONTROL_PROPERTY_H

#include <stdint.h>

#include "base/text.h"
#include "config/service.h"
#include "control/writer.h"

enum { UNKNOWN = -1 };

/* 1 from the start of the service to the end of all its processes, service_is_up(), else 0. */
int64_t property_up(const struct service *service);

/* 1 or 0. A service without readiness is ready while it runs. */
int64_t property_ready(const struct service *service);

/* How often the service was started again since foster started. */
int64_t property_restarts(const struct service *service);

/* Seconds since its present run began; UNKNOWN while it is not up. */
int64_t property_uptime(const struct service *service);

/* The pid of its main process; UNKNOWN while it is not up. It may have been reaped already, also
 * while the remaining processes of a stop are ended: show it, never signal it. */
int64_t property_pid(const struct service *service);

/* Bytes of resident memory of its main process; UNKNOWN without /proc, or while it is not up. */
int64_t property_memory(const struct service *service);

/* 1 if its health check succeeds, else 0; UNKNOWN without a health check. */
int64_t property_healthy(const struct service *service);

/* The exit code of its last run as a shell has it, 128+N after signal N; UNKNOWN before the end of
 * the first. */
int64_t property_exit_code(const struct service *service);

/* True if its health check has failed too often, or its watchdog was not fed in time. */
bool property_unhealthy(const struct service *service);

/* "healthy", "unhealthy", "starting"; NULL without a health check. */
const char *property_health(const struct service *service);

/* The status line that the service has sent by sd_notify(3); NULL if it has sent none. */
const char *property_status(const struct service *service);

/* Appends how its last run ended; nothing if none has. */
void property_append_last_exit(struct text *text, const struct service *service);

/* Writes its name and state, with the end of the last run after a failure: "db: starting", "web:
 * failed, exited with status 3". */
void property_write_state(struct writer *writer, const struct service *service);

#endif
