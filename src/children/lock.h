/*
 * lock.h - the lock of the registry. Internal to this room.
 *
 * Nothing here allocates. The debug build knows which thread holds the lock, so that I1 and I5 of
 * children.c can be asserted.
 */
#ifndef CHILDREN_LOCK_H
#define CHILDREN_LOCK_H

#include <stdbool.h>

/* Takes the lock, and waits until it is free. May block. I5: any thread, not a signal handler, and
 * not while this thread holds the lock. */
void lock_take(void);

/* Takes the lock if it is free; false if it is not. Any thread and signal handlers; does not block.
 */
bool lock_try(void);

/* Releases the lock and wakes one waiter. Caller holds the lock. Any thread and signal handlers;
 * does not block. */
void lock_drop(void);

/* For assertions: true if this thread holds the lock. Any thread and signal handlers. */
bool lock_is_held(void);

/* For assertions: false if this thread would wait for ever, as it holds the lock, or breaks I5, as
 * it is in signal context. Any thread and signal handlers. */
bool lock_may_block(void);

/* For assertions: from enter to leave this thread is in signal context, or behaves as if it were.
 * Pairs may be nested. Any thread and signal handlers. */
void lock_enter_signal_context(void);
void lock_leave_signal_context(void);

#endif
