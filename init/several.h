/*
 * several.h - the services of a configuration, or a main service that is started again. Two threads, and a third if
 * lines of output are relayed.
 */
#ifndef INIT_SEVERAL_H
#define INIT_SEVERAL_H

#include "names.h"

/* Runs the services until all have ended, or only checks the configuration; returns foster's exit code. Caller has all
 * signals blocked. */
int several_run(const struct options *options, const struct name *name);

#endif
