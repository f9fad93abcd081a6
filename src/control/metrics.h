/* metrics.h - the services as metrics, in the text format of OpenMetrics 1.0. */
#ifndef CONTROL_METRICS_H
#define CONTROL_METRICS_H

#include <stdbool.h>

#include "config/plan.h"
#include "control/writer.h"

/* Writes all families and their samples, and # EOF; of all services, whatever the names are. Always
 * true. Supervisor's thread. */
bool metrics_write(struct writer *writer, const struct plan *plan, const char *names);

#endif
