/*
 * supervise_mode.h - the services of a configuration, or a main service that is started again. Two
 * threads, and a third if lines of output are relayed.
 */
#ifndef INIT_SUPERVISE_MODE_H
#define INIT_SUPERVISE_MODE_H

#include "personality.h"

/* Runs the services until all have ended, or only checks the configuration; returns foster's exit
 * code. Caller has all signals blocked. */
int supervise_mode_run(const struct options *options, const struct personality *name);

#endif
