/*
 * one_command.h - one main service, or none: the plain form of foster. One thread, no heap, no
 * timer, no wake-up while idle.
 */
#ifndef INIT_ONE_COMMAND_H
#define INIT_ONE_COMMAND_H

#include "personality.h"

/* Runs the command until it and what it leaves behind have ended; returns foster's exit code.
 * Caller has all signals blocked, and says how they were found. */
int one_command_run(const struct options *options, const struct personality *name,
                    const struct signal_state *found);

/* Runs nothing: reaps until a signal asks to stop, then ends what is there. The same caller. */
int one_command_pause(const struct options *options, const struct personality *name);

#endif
