/*
 * report.h - what is told about services: as a table, as JSON, as one word of health, as metrics.
 *
 * names: those of the services that are meant, each ended by a NUL and an empty one behind the
 * last; "" for all. Supervisor's thread.
 */
#ifndef CONTROL_REPORT_H
#define CONTROL_REPORT_H

#include <stdbool.h>

#include "config/plan.h"
#include "control/writer.h"

/* A table: name, state, pid, since, restarts, last exit in words, health, memory (if /proc tells),
 * and what services say of themselves, if any does. */
void report_table(struct writer *writer, const struct plan *plan, const char *names);

/* The same as a stable JSON schema, described in report.c and foster(8). */
void report_json(struct writer *writer, const struct plan *plan, const char *names);

/* "healthy" and true, or what is not as it should be, a line each. Healthy is: no service has
 * failed, none is unhealthy, every essential one and every one with a health check is up and ready
 * (or done, a oneshot; or waits to be started by hand), and nothing is being shut down. */
bool report_health(struct writer *writer, const struct plan *plan);

/* metrics.c: OpenMetrics 1.0 text, ended by # EOF. */
void report_metrics(struct writer *writer, const struct plan *plan);

#endif
