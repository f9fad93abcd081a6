/*
 * lock.h - a lock of one word, and the one lock of the registry. The latter is internal to this
 * room.
 *
 * To take waits for it: any thread, never a signal handler. To try takes it if it is free, and
 * never waits; to drop lets go and wakes one waiter, for the holder alone: both any thread and
 * signal handlers. Nothing here allocates.
 */
#ifndef CHILDREN_LOCK_H
#define CHILDREN_LOCK_H

#include <stdbool.h>

/* Zero is free. foster's other locks are of this kind too: the libc's mutexes would be 2.3 KiB more
 * (musl 1.2.3). */
typedef _Atomic(int) word_lock;

void word_lock_take(word_lock *word);
bool word_lock_try(word_lock *word);
void word_lock_drop(word_lock *word);

void lock_take(void);
bool lock_try(void);
void lock_drop(void);

#endif
