/*
 * word_lock.h - a lock of one word, which a signal handler may try. Internal to foster.
 *
 * Zero is free. foster's other locks are of this kind too, because the libc's mutexes would make
 * the binary 2.3 KiB larger (musl 1.2.3). Nothing here allocates.
 */
#ifndef CHILDREN_WORD_LOCK_H
#define CHILDREN_WORD_LOCK_H

#include <stdbool.h>

typedef _Atomic(int) word_lock;

/* Takes the lock, and waits until it is free. May block. Any thread, not a signal handler. */
void word_lock_take(word_lock *lock);

/* Takes the lock if it is free; false if it is not. Any thread and signal handlers; does not block.
 */
bool word_lock_try(word_lock *lock);

/* Releases the lock and wakes one waiter. Caller holds the lock. Any thread and signal handlers;
 * does not block. */
void word_lock_drop(word_lock *lock);

#endif
