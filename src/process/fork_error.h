/*
 * fork_error.h - why a fork has failed.
 *
 * EAGAIN does not say which processes have used up the limit. Most often they are zombies of one
 * program in the container that never waits for its children; foster cannot reap these.
 */
#ifndef PROCESS_FORK_ERROR_H
#define PROCESS_FORK_ERROR_H

#include "base/text.h"

/* Appends why fork failed with that error number; for EAGAIN with the limit, its use and the
 * zombies. Any thread, not a signal handler; allocates nothing. */
void fork_error_explain(struct text *text, int error);

#endif
