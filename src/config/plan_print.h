/*
 * plan_print.h - the services and their order, for people: the output of --check.
 *
 *     db
 *     └─ migrate (oneshot), once db is ready
 *        └─ web (essential), once db is ready and migrate has completed
 *     3 services, no faults
 *
 * If there are several files, each service is shown with those that have a section of it.
 */
#ifndef CONFIG_PLAN_PRINT_H
#define CONFIG_PLAN_PRINT_H

#include "config/plan.h"

/* Prints the plan to stdout as a tree: a service stands below the last that is started of those
 * that it depends on. The plan has no cycle. One thread, before the first start. */
void plan_print(const struct plan *plan);

#endif
