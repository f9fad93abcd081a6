/*
 * single.h - one main service, or none: the plain form of foster. One thread, no heap, no timer, no wake-up while idle.
 */
#ifndef INIT_SINGLE_H
#define INIT_SINGLE_H

#include "names.h"

/* Runs the command until it and what it leaves behind have ended; returns foster's exit code. Caller has all signals
 * blocked, and says how they were found. */
int single_run(const struct options *options, const struct name *name, const struct signal_state *found);

/* Runs nothing: reaps until a signal asks to stop, then ends what is there. The same caller. */
int single_pause(const struct options *options, const struct name *name);

#endif
