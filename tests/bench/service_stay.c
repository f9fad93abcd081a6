/*
 * A service that stays until it is told to end with TERM, and says when. It waits for the signal
 * and handles none, so that whoever dies without a record was killed. No libc: three pages of
 * memory.
 */
#include "service.h"
#include <signal.h>

_Noreturn void start(long *stack)
{
    unsigned long set = 1UL << (SIGTERM - 1);

    (void)stack;
    raw(SYS_rt_sigprocmask, SIG_BLOCK, (long)&set, 0, sizeof set);
    write_record(STARTED);
    while (raw(SYS_rt_sigtimedwait, (long)&set, 0, 0, sizeof set) != SIGTERM)
        continue;
    write_record(STOPPED);
    raw_exit(0);
}
