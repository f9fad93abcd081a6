/*
 * promise.c - the promise of an exit status, resolved once, awaited by any number of threads.
 *
 * The state is a futex word. It goes PENDING -> (AWAITED ->) RESOLVED, and from AWAITED back to
 * PENDING when those who sleep on it are to look after something else. Only a promise that somebody
 * sleeps on costs the reaper a system call.
 */
#include "promise.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>

#include "futex.h"

enum {
    VOID, /* there is no child; so says a struct that was never written, too */
    PENDING,
    AWAITED, /* pending, and the resolver owes a wake */
    RESOLVED
};

void promise_void(struct promise *promise)
{
    atomic_store(&promise->state, VOID);
}

void promise_make(struct promise *promise, pid_t pid, pid_t spawner)
{
    promise->pid = pid;
    promise->spawner = spawner;
    promise->stopped = false;
    promise->pidfd = -1;
    promise->status = 0;
    promise->next = NULL;
    atomic_store(&promise->state, PENDING);
}

void promise_resolve(struct promise *promise, int status)
{
    promise->status = status;
    /* Nothing of *promise may be touched after the exchange: its owner can see RESOLVED and reuse
     * the memory. */
    _Atomic(int) *word = &promise->state;
    if (atomic_exchange(word, RESOLVED) == AWAITED)
        futex_wake(word, INT_MAX);
}

bool promise_is_pending(struct promise *promise)
{
    int state = atomic_load(&promise->state);
    return state == PENDING || state == AWAITED;
}

/* They see that the state has changed also if they have not gone to sleep yet. */
void promise_rouse(struct promise *promise)
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

bool children_await_until(struct promise *promise, const struct timespec *deadline, int *status)
{
    for (;;) {
        int state = PENDING;
        if (!atomic_compare_exchange_strong(&promise->state, &state, AWAITED) && state != AWAITED)
            return children_resolved(promise, status);
        children_let_go(); /* after AWAITED: who notes a stop from now on changes the state,
                              promise_rouse() */
        /* EAGAIN: the state has changed; EINTR: a signal. Else the time is up, ETIMEDOUT, or was
         * never valid, EINVAL.
         */
        if (futex_wait_until(&promise->state, AWAITED, deadline) == -1 && errno != EAGAIN &&
            errno != EINTR)
            return children_resolved(promise, status);
    }
}

int children_await(struct promise *promise)
{
    int status = CHILDREN_NONE;
    while (!children_await_until(promise, NULL, &status) && promise_is_pending(promise))
        ; /* without a deadline only a kernel without this futex gets here, and then there is no
             better way */
    return status;
}
