/*
 * promise.c - the promise of a wait status, resolved once, awaited by any number of threads.
 *
 * The state is a futex word. It goes from PENDING to RESOLVED, by way of AWAITED if a thread waits;
 * and from AWAITED back to PENDING when the waiting threads are to let stopped children go. Only a
 * promise that a thread awaits costs the reaper a system call.
 */
#include "promise.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>

#include "futex.h"
#include "invariant.h"
#include "lock.h"

enum {
    VOID, /* there is no child; zero, so that a struct of zeroes is void */
    PENDING,
    AWAITED, /* pending, and the thread that resolves it must wake another */
    RESOLVED
};

#ifndef NDEBUG
static size_t pending; /* guarded by the lock */

size_t promises_pending(void)
{
    return pending;
}
#endif

void promise_void(struct promise *promise)
{
    atomic_store(&promise->state, VOID);
}

void promise_make(struct promise *promise, pid_t pid, pid_t spawner)
{
    INVARIANT(I1, lock_is_held());
    promise->pid = pid;
    promise->spawner = spawner;
    promise->stopped = false;
    promise->pidfd = NO_PIDFD;
    promise->status = 0;
    promise->next = NULL;
    IN_DEBUG_BUILD(pending++);
    atomic_store(&promise->state, PENDING);
}

/* I2: pending until now, resolved from now on. Nothing of the promise may be touched after the
 * exchange: its owner can see RESOLVED, and use the memory again. */
void promise_resolve(struct promise *promise, int status)
{
    INVARIANT(I1, lock_is_held());
    INVARIANT(I2, promise_is_pending(promise));
    IN_DEBUG_BUILD(pending--);
    promise->status = status;
    _Atomic(int) *word = &promise->state;
    if (atomic_exchange(word, RESOLVED) == AWAITED)
        futex_wake(word, INT_MAX);
}

bool promise_is_pending(struct promise *promise)
{
    int state = atomic_load(&promise->state);
    return state == PENDING || state == AWAITED;
}

/* A thread that is about to sleep on AWAITED sees that the state has changed, and does not sleep.
 */
void promise_wake(struct promise *promise)
{
    int state = AWAITED;
    if (atomic_compare_exchange_strong(&promise->state, &state, PENDING))
        futex_wake(&promise->state, INT_MAX);
}

bool children_resolved(struct promise *promise, int *status)
{
    if (atomic_load(&promise->state) != RESOLVED)
        return false;
    if (status != NULL)
        *status = promise->status;
    return true;
}

/* I6: the thread lets stopped children go after it has set AWAITED, because a stop that is noted
 * later changes the state, promise_wake(). The wait ends by EAGAIN when the state has changed, and
 * by EINTR at a signal; by any other error the deadline is past (ETIMEDOUT), or is not a valid time
 * (EINVAL). */
bool children_await_until(struct promise *promise, const struct timespec *deadline, int *status)
{
    for (;;) {
        int state = PENDING;
        if (!atomic_compare_exchange_strong(&promise->state, &state, AWAITED) && state != AWAITED)
            return children_resolved(promise, status);
        children_let_go();
        if (futex_wait_until(&promise->state, AWAITED, deadline) == -1 && errno != EAGAIN &&
            errno != EINTR)
            return children_resolved(promise, status);
    }
}

/* Without a deadline the inner wait ends early only on a kernel without this futex call; then there
 * is nothing better than to try again. */
int children_await(struct promise *promise)
{
    int status = CHILDREN_NONE;
    while (!children_await_until(promise, NULL, &status) && promise_is_pending(promise))
        continue;
    return status;
}
