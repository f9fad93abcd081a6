/*
 * supervise_mode.h - the services of a configuration, or a command with a restart policy. Two
 * threads, and a third one if lines of output are relayed.
 */
#ifndef INIT_SUPERVISE_MODE_H
#define INIT_SUPERVISE_MODE_H

#include "personality.h"

/* Runs the services until all have ended; with TASK_CHECK it only reads the configuration and
 * prints the order of the starts. Returns foster's exit code. Caller has all signals blocked; the
 * main thread. */
int supervise_mode_run(const struct options *options, const struct personality *personality);

#endif
