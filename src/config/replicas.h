/*
 * replicas.h - how many services a section is: one with its name; none if it is not enabled; or
 * NAME.1 to NAME.N with `replicas = N`.
 */
#ifndef CONFIG_REPLICAS_H
#define CONFIG_REPLICAS_H

#include "config/keys.h"
#include "config/names.h"
#include "config/plan.h"

/* The number of services that the sections of the plan are. The shapes have one for each section.
 * All functions: one thread, before the first start. */
size_t replicas_count(const struct plan *plan, const struct shape *shapes);

/* Reports as faults the sections that have the name of a replica of another one. */
void replicas_check_names(const struct names *names, const struct shape *shapes);

/* Replaces the services of the plan, one for each section, by those that the sections are, and
 * copies their names to the arena. A dependency on a section becomes one on each of its services,
 * and none if there are none. */
void replicas_make(struct plan *plan, const struct shape *shapes);

#endif
