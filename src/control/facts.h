/*
 * facts.h - what there is to catalogue_say about a service, for all who catalogue_say it: the
 * table, JSON, health, metrics.
 *
 * Numbers are never negative; one that is not there is UNKNOWN. Supervisor's thread; allocates
 * nothing.
 */
#ifndef CONTROL_FACTS_H
#define CONTROL_FACTS_H

#include <stdint.h>

#include "base/text.h"
#include "config/service.h"
#include "control/writer.h"

enum { UNKNOWN = -1 };

int64_t fact_up(const struct service *service); /* 1 while there is a process of its own, else 0 */
int64_t fact_ready(const struct service
                       *service); /* 1 or 0; a service that need not say so is ready when it runs */
int64_t fact_restarts(const struct service *service);
int64_t fact_uptime(const struct service *service); /* seconds of its present run */
int64_t fact_pid(const struct service *service);    /* while it is up */
int64_t
fact_memory(const struct service *service); /* bytes in RAM, of the process that foster started */
int64_t fact_healthy(const struct service *service); /* 1 or 0; UNKNOWN without a health check */
int64_t
fact_exit_code(const struct service *service); /* as a shell counts; UNKNOWN before the first end */

bool fact_unhealthy(const struct service *service); /* which is more than not yet healthy */

/* "healthy", "unhealthy", "starting", or NULL. A watchdog that was not fed is unhealthy too. */
const char *fact_health(const struct service *service);

/* Appends how the last run ended, or nothing if none has. */
void text_add_last_exit(struct text *text, const struct service *service);

/* Writes "web: failed, exited with status 3", "db: starting". */
void writer_add_condition(struct writer *writer, const struct service *service);

#endif
