/*
 * futex.h - the two futex calls that this room needs, raw. Internal to this room.
 *
 * A pthread mutex or condition variable is not async-signal-safe; a bare system call is. The
 * numbers are the kernel's interface (linux/futex.h), written here because musl comes without the
 * kernel's headers.
 */
#ifndef CHILDREN_FUTEX_H
#define CHILDREN_FUTEX_H

#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    FUTEX_PRIVATE = 128, /* the word is not shared between processes */
    FUTEX_WAKE_PRIVATELY = 1 | FUTEX_PRIVATE,
    /* FUTEX_WAIT_BITSET: its deadline is absolute, of CLOCK_MONOTONIC */
    FUTEX_WAIT_PRIVATELY = 9 | FUTEX_PRIVATE,
};
static const unsigned FUTEX_ANY_WAKER = ~0U;

/* The call that takes the libc's struct timespec: 32-bit machines also have an old call, for 32-bit
 * times. */
#ifdef SYS_futex_time64
enum { FUTEX_CALL = sizeof(time_t) > sizeof(long) ? SYS_futex_time64 : SYS_futex };
#else
enum { FUTEX_CALL = SYS_futex };
#endif

/* Sleeps while *word is value: until woken, interrupted or past the deadline, which may be NULL.
 * The caller reads the word again in each case. May block. Any thread, not a signal handler.
 * futex(2), Linux 2.6.28. */
static inline long futex_wait_until(_Atomic(int) *word, int value, const struct timespec *deadline)
{
    return syscall(FUTEX_CALL, word, FUTEX_WAIT_PRIVATELY, value, deadline, NULL, FUTEX_ANY_WAKER);
}

/* Wakes up to count sleepers. The word is only an address. Its memory may have been freed and used
 * again by now: then the wait of another user may end too early, which every user of a futex must
 * expect. Any thread and signal handlers; sets errno. */
static inline void futex_wake(_Atomic(int) *word, int count)
{
    syscall(FUTEX_CALL, word, FUTEX_WAKE_PRIVATELY, count);
}

#endif
