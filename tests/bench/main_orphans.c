/*
 * A main that leaves orphans, one at a time. It reads a number (a long) from standard input, makes
 * that many orphans, answers with a stamp, and reads the next; the end of its input is its end. No
 * libc.
 *
 * An orphan is the child of a middle process that has ended. The next one is made only when the
 * init has reaped the last (its pid is gone), so every init is woken once per orphan and the counts
 * do not hang on the scheduler's mood. The middle process is a vfork: it leaves the orphan's pid in
 * memory that it shares with us.
 */
#include "stamp.h"
#include <sched.h>
#include <signal.h>

static volatile long orphan;

static void leave_orphan(void)
{
    long middle = raw(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0);

    if (middle == 0) {
        orphan = raw(SYS_clone, SIGCHLD, 0, 0, 0);
        raw_exit(0);
    }
    raw(SYS_wait4, middle, 0, 0, 0);
    if (orphan < 0)
        raw_exit(1);
    while (raw(SYS_kill, orphan, 0, 0, 0) == 0)
        raw(SYS_sched_yield, 0, 0, 0, 0);
}

_Noreturn void start(long *stack)
{
    long wanted;

    (void)stack;
    while (raw(SYS_read, 0, (long)&wanted, sizeof wanted, 0) == (long)sizeof wanted) {
        while (wanted-- > 0)
            leave_orphan();
        write_stamp();
    }
    raw_exit(0);
}
