/*
 * word_lock.c - see word_lock.h.
 *
 * The word is a futex. Ordinary code waits for it; a signal handler only tries, because the thread
 * that it interrupted may be the holder, and would never run again. The lock is not fair: whichever
 * thread comes while it is free has it.
 *
 * Rejected: a pthread mutex, because pthread_mutex_trylock and pthread_mutex_unlock are not
 * async-signal-safe; blocking all signals around each critical section, because that is two system
 * calls each, and a slow exec under the lock would hold back every signal of the thread.
 */
#include "word_lock.h"

#include <stdatomic.h>

#include "futex.h"

enum {
    FREE,
    HELD,
    HELD_AND_AWAITED /* a thread sleeps on the word, or did: the holder must wake one */
};

_Static_assert(ATOMIC_INT_LOCK_FREE == 2,
               "signal handlers need lock-free atomics (C11 7.14.1.1p5)");

bool word_lock_try(word_lock *lock)
{
    int expected = FREE;
    return atomic_compare_exchange_strong(lock, &expected, HELD);
}

/* A thread that has slept takes the lock as HELD_AND_AWAITED, as it does not know whether others
 * sleep: at worst that is one wake too many, and never one too few. */
void word_lock_take(word_lock *lock)
{
    if (word_lock_try(lock))
        return;
    while (atomic_exchange(lock, HELD_AND_AWAITED) != FREE)
        futex_wait_until(lock, HELD_AND_AWAITED, NULL);
}

void word_lock_drop(word_lock *lock)
{
    if (atomic_exchange(lock, FREE) == HELD_AND_AWAITED)
        futex_wake(lock, 1);
}
