/*
 * one_command.h - one command, main, or none: the plain mode. One thread, no heap, no timer, and no
 * wake-up while nothing happens.
 */
#ifndef INIT_ONE_COMMAND_H
#define INIT_ONE_COMMAND_H

#include "personality.h"

/* Starts the command, forwards signals and reaps until it and the processes that it leaves behind
 * have ended. found: the signal state that foster was started with. Returns foster's exit code.
 * Caller has all signals blocked; the main thread. Allocates nothing. */
int one_command_run(const struct options *options, const struct personality *personality,
                    const struct signal_state *found);

/* Reaps until a signal asks to stop, then ends the other processes. The same caller; returns
 * foster's exit code. Allocates nothing. */
int one_command_pause(const struct options *options, const struct personality *personality);

#endif
