/* promise.h - the reaper's side of a promise; the waiters' side is in foster.h. Internal to this room. */
#ifndef CHILDREN_PROMISE_H
#define CHILDREN_PROMISE_H

#include "foster.h"

/* Makes a promise for a child that is about to be registered. Caller holds the lock. */
void promise_make(struct promise *promise, pid_t pid);

/* Keeps it: sets the status and wakes everybody who awaits it. The promise belongs to its owner again from the moment
 * the state says so. Caller holds the lock. Any thread and signal handlers; allocates nothing. */
void promise_resolve(struct promise *promise, int status);

#endif
