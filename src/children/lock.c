/*
 * lock.c - a lock that a signal handler may try and let go.
 *
 * One word, a futex. Ordinary code waits for it; a signal handler only ever tries, because the
 * thread it interrupted may be the holder and would never run again. A pthread mutex was rejected:
 * pthread_mutex_trylock and _unlock are not async-signal-safe. Blocking all signals around each
 * critical section was rejected too: two system calls each, and a slow exec under the lock would
 * hold back every signal of the thread. The lock is not fair: who comes while it is free goes
 * first. The registry's is one of them.
 */
#include "lock.h"

#include <stdatomic.h>

#include "futex.h"

enum {
    FREE,
    HELD,
    HELD_AND_AWAITED /* somebody sleeps on the word, or did: the holder owes a wake */
};

_Static_assert(ATOMIC_INT_LOCK_FREE == 2,
               "signal handlers need lock-free atomics (C11 7.14.1.1p5)");

bool word_lock_try(word_lock *word)
{
    int expected = FREE;
    return atomic_compare_exchange_strong(word, &expected, HELD);
}

void word_lock_take(word_lock *word)
{
    if (word_lock_try(word))
        return;
    /* From here the word says AWAITED also when we get the lock: that costs one wake too many,
     * never one too few. */
    while (atomic_exchange(word, HELD_AND_AWAITED) != FREE)
        futex_wait_until(word, HELD_AND_AWAITED, NULL);
}

void word_lock_drop(word_lock *word)
{
    if (atomic_exchange(word, FREE) == HELD_AND_AWAITED)
        futex_wake(word, 1);
}

static word_lock registry = FREE;

bool lock_try(void)
{
    return word_lock_try(&registry);
}

void lock_take(void)
{
    word_lock_take(&registry);
}

void lock_drop(void)
{
    word_lock_drop(&registry);
}
