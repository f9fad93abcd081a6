/* thread.h - a thread with a small stack, that nobody waits for. */
#ifndef PROCESS_THREAD_H
#define PROCESS_THREAD_H

#include <stddef.h>

/* Starts it, with the caller's signal mask: 0 or an error number. The stack is addresses; what is
 * not touched of it costs nothing. */
int thread_start(void *(*run)(void *unused), size_t stack);

/* The same for one that never ends, before the first start: its stack, a multiple of 4 KiB, is the
 * arena's (arena.c). */
int thread_start_for_good(void *(*run)(void *unused), size_t stack);

/* The first for a thread that is given something. */
int thread_start_with(void *(*run)(void *context), void *context, size_t stack);

#endif
