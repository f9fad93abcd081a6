/* promise.h - the reaper's side of a promise; the waiters' side is in foster.h. Internal to this
 * room. */
#ifndef CHILDREN_PROMISE_H
#define CHILDREN_PROMISE_H

#include "foster.h"

/* Makes a promise for a child that is about to be registered, and was forked by that thread, or 0.
 * Caller holds the lock. */
void promise_make(struct promise *promise, pid_t pid, pid_t spawner);

/* Says that there is no child: nobody waits for it, or sends it a signal. Caller holds the lock. */
void promise_void(struct promise *promise);

/* True while there is a child that is not reaped. */
bool promise_is_pending(struct promise *promise);

/* Has everybody who awaits it look for children to let go. Caller holds the lock. Any thread and
 * signal handlers; allocates nothing. */
void promise_rouse(struct promise *promise);

/* Keeps it: sets the status and wakes everybody who awaits it. The promise belongs to its owner
 * again from the moment the state says so. Caller holds the lock. Any thread and signal handlers;
 * allocates nothing. */
void promise_resolve(struct promise *promise, int status);

#endif
