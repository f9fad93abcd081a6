/*
 * report.h - the services as a table, as JSON, and as healthy or not.
 *
 * names: of the services to be shown, each ended by a NUL, with an empty one behind the last; ""
 * for all services. Supervisor's thread.
 */
#ifndef CONTROL_REPORT_H
#define CONTROL_REPORT_H

#include <stdbool.h>

#include "config/plan.h"
#include "control/writer.h"

/* Writes a table with the columns of report.c. The last one, the status line that a service has
 * sent by sd_notify(3), is there only if a service has sent one. True if no names are given, or
 * each service of these is up, report.c. */
bool report_table(struct writer *writer, const struct plan *plan, const char *names);

/* Writes JSON of a stable form, which report.c and foster(8) describe. True as for report_table().
 */
bool report_json(struct writer *writer, const struct plan *plan, const char *names);

/* True, and writes "healthy"; or false, and writes a line for each service that is not healthy.
 * Healthy is: no service has failed, none is unhealthy, and each essential one, and each one with a
 * health check, is ready, or is a oneshot that is done, or was never to be started by itself; and
 * foster is not shutting down. */
bool report_health(struct writer *writer, const struct plan *plan, const char *names);

#endif
