/*
 * plan_check.h - notes on what the file allows, and cannot mean: conditions that never hold, one
 * address twice, services that nothing starts. What a single section says in vain is section.h's.
 */
#ifndef CONFIG_PLAN_CHECK_H
#define CONFIG_PLAN_CHECK_H

#include "config/keys.h"
#include "config/names.h"

/* Writes the notes. The plan has one service for each section, with the conditions of its
 * dependencies, and the shapes say which of them are there. One thread, before the first start. */
void plan_check(const struct names *names, const struct shape *shapes);

#endif
