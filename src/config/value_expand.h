/*
 * value_expand.h - the variables in a value: expanded when the file is read, or at each start.
 *
 * What is used for a start alone (commands, paths, the environment) keeps its variables until then
 * (supervise/start_lookup.h): another service may make them. What decides how foster itself goes on
 * (numbers, times, words, addresses) is expanded when the file is read.
 */
#ifndef CONFIG_VALUE_EXPAND_H
#define CONFIG_VALUE_EXPAND_H

#include <stdbool.h>

#include "config/entry.h"
#include "config/settings.h"
#include "config/values.h"

/* Expands the entry's value if its kind is not used for a start alone, from foster's environment
 * and the lines of `environment` before it. False, and the fault is reported, if a variable is
 * malformed or not set. */
bool value_expand(struct entry *entry, enum value_kind kind, const struct settings *settings);

#endif
