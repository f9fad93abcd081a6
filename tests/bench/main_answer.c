/*
 * A main that answers signals: a stamp when it is ready, then one for every USR1, taken the moment
 * that sigwaitinfo returns. Between signals it sleeps, so it serves as the idle main too. No libc.
 */
#include "stamp.h"
#include <signal.h>

_Noreturn void start(long *stack)
{
    unsigned long set = 1UL << (SIGUSR1 - 1);

    (void)stack;
    raw(SYS_rt_sigprocmask, SIG_BLOCK, (long)&set, 0, sizeof set);
    for (;;) {
        write_stamp();
        raw(SYS_rt_sigtimedwait, (long)&set, 0, 0, sizeof set);
    }
}
