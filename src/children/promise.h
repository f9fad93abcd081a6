/*
 * promise.h - the reaper's side of a promise; the waiters' side is in foster.h. Internal to this
 * room.
 */
#ifndef CHILDREN_PROMISE_H
#define CHILDREN_PROMISE_H

#include <stddef.h>

#include "foster.h"

enum { NO_PID = 0, NO_PIDFD = -1 };

/* Makes the promise pending, for a child that is about to be registered. The spawner is the thread
 * that forked the child, or 0. Caller holds the lock. */
void promise_make(struct promise *promise, pid_t pid, pid_t spawner);

/* Makes the promise one without a child: no thread waits for it, and no signal is sent. Caller
 * holds the lock. */
void promise_void(struct promise *promise);

/* True while there is a child that is not reaped. Any thread and signal handlers. */
bool promise_is_pending(struct promise *promise);

/* For assertions: how many promises are pending. Caller holds the lock. */
size_t promises_pending(void);

/* Wakes the threads that await the promise, so that they let stopped children go; they then go on
 * waiting. Caller holds the lock. Any thread and signal handlers; allocates nothing. */
void promise_wake(struct promise *promise);

/* Sets the wait status and wakes the threads that await the promise. The promise belongs to its
 * owner again as soon as its state is resolved. Caller holds the lock. Any thread and signal
 * handlers; allocates nothing. */
void promise_resolve(struct promise *promise, int status);

#endif
