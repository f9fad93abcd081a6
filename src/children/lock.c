/* lock.c - see lock.h. */
#include "lock.h"

#include "invariant.h"
#include "word_lock.h"

static word_lock lock;

#ifndef NDEBUG
/* A handler that interrupts the holder sees them as the holder left them: it finds the lock taken,
 * whether the flag is set already or not. */
static _Thread_local volatile bool is_held;
static _Thread_local volatile int signal_contexts;

bool lock_is_held(void)
{
    return is_held;
}

bool lock_may_block(void)
{
    return !is_held && signal_contexts == 0;
}

void lock_enter_signal_context(void)
{
    signal_contexts++;
}

void lock_leave_signal_context(void)
{
    signal_contexts--;
}
#endif

bool lock_try(void)
{
    bool is_taken = word_lock_try(&lock);
    IN_DEBUG_BUILD(is_held |= is_taken);
    return is_taken;
}

void lock_take(void)
{
    INVARIANT(I5, lock_may_block());
    word_lock_take(&lock);
    IN_DEBUG_BUILD(is_held = true);
}

void lock_drop(void)
{
    INVARIANT(I1, lock_is_held());
    IN_DEBUG_BUILD(is_held = false);
    word_lock_drop(&lock);
}
