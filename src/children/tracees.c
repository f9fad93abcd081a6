/*
 * tracees.c - see tracees.h. All system calls are raw, as in wait_for() in children.c.
 *
 * Only the pid of a stray is noted; the signal that it stopped for is asked of the kernel. So a pid
 * that is another process's by now does no harm: whichever process has stopped as our tracee is to
 * be let go.
 */
#include "tracees.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "invariant.h"
#include "lock.h"
#include "promise.h"

/* The latest strays are kept. A program with more threads that trace themselves harms only itself:
 * the forgotten ones stay stopped, and can be killed. */
enum { STRAYS = 16 };
static pid_t strays[STRAYS];
static unsigned next_stray;

/* True for the SIGTRAP by which the kernel reports an exec (ptrace_event() in
 * include/linux/ptrace.h): it has the code of kill(2), and comes from the child itself. raise(3)
 * uses tgkill(2), whose code is SI_TKILL; a breakpoint has a code above 0. */
static bool is_of_exec(const siginfo_t *info, pid_t pid)
{
    return info->si_signo == SIGTRAP && info->si_code == SI_USER && info->si_pid == pid;
}

/* A group stop has no signal to ask for, EINVAL, and is detached from without one: the child stays
 * stopped until it is continued. */
bool tracees_let_go(pid_t pid)
{
    INVARIANT(I6, lock_is_held());
    siginfo_t info = {0};
    if (syscall(SYS_ptrace, PTRACE_GETSIGINFO, pid, NULL, &info) == -1 && errno == ESRCH)
        return false;
    long signal = is_of_exec(&info, pid) ? 0 : info.si_signo;
    return syscall(SYS_ptrace, PTRACE_DETACH, pid, NULL, signal) == 0;
}

void tracees_note_stray(pid_t pid)
{
    INVARIANT(I6, lock_is_held());
    strays[next_stray++ % STRAYS] = pid;
}

/* True if there is no process of this pid. A thread that is killed while it is stopped is reported
 * by nothing else. */
static bool has_no_process(pid_t pid)
{
    return syscall(SYS_kill, pid, 0) == -1 && errno == ESRCH;
}

bool tracees_let_go_strays(void)
{
    bool left = false;
    for (pid_t *stray = strays; stray < strays + STRAYS; stray++) {
        if (*stray != NO_PID && (tracees_let_go(*stray) || has_no_process(*stray)))
            *stray = NO_PID;
        left |= *stray != NO_PID;
    }
    return left;
}
