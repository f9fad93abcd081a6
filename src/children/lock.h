/* lock.h - the one lock of the registry. Internal to this room. */
#ifndef CHILDREN_LOCK_H
#define CHILDREN_LOCK_H

#include <stdbool.h>

/* Takes the lock, waiting for it. Any thread, never a signal handler. Allocates nothing. */
void lock_take(void);

/* Takes the lock if it is free. Any thread and signal handlers; never waits, allocates nothing. */
bool lock_try(void);

/* Lets go and wakes one waiter. Caller holds the lock. Any thread and signal handlers; allocates nothing. */
void lock_drop(void);

#endif
