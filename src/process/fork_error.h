/*
 * fork_error.h - why there is no process to be had.
 *
 * EAGAIN hides who took them all. Most often it is a program in the container that never waits for
 * its children: its zombies count against the limit, and they are not ours to reap.
 */
#ifndef PROCESS_FORK_ERROR_H
#define PROCESS_FORK_ERROR_H

#include "base/text.h"

/* Appends why fork failed with that error number. Ordinary context, allocates nothing. */
void fork_error_explain(struct text *text, int error);

#endif
