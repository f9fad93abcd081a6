/* thread.h - detached threads with small stacks. For all of these: any thread, all signals blocked.
 */
#ifndef PROCESS_THREAD_H
#define PROCESS_THREAD_H

#include <stddef.h>

/* Bytes: the stack of a thread that calls no deep function. */
enum { THREAD_STACK = 32 * 1024 };

/* Starts a thread, all signals blocked: 0 or an error number. The stack is a size in bytes; pages
 * of it that are not touched cost nothing. */
int thread_start(void *(*run)(void *unused), size_t stack);

/* The same for a thread that never ends, before the first start of a service: its stack, a multiple
 * of 4 KiB, is taken from the arena (arena.c). */
int thread_start_for_good(void *(*run)(void *unused), size_t stack);

/* thread_start() for a thread that gets an argument. */
int thread_start_with(void *(*run)(void *context), void *context, size_t stack);

#endif
