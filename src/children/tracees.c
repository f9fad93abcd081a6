/*
 * tracees.c - see tracees.h. All calls are raw, as in reap().
 *
 * What a tracee stopped for is asked of the kernel, not kept: so nothing but its number is noted,
 * and a number that is another's by now does no harm, for whoever has stopped as our tracee is to
 * be let go.
 */
#include "tracees.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the strays the latest are kept. Who has more threads that trace themselves hurts nobody but
 * itself: those that are forgotten stay stopped, and can be killed. */
enum { STRAYS = 16, NOBODY = 0 };
static pid_t strays[STRAYS];
static unsigned next_stray;

/* The SIGTRAP with which the kernel reports an exec (ptrace_event() in include/linux/ptrace.h): it
 * comes from the child, as by kill(2). raise(3) uses tgkill(2), SI_TKILL; a breakpoint's has a code
 * above 0. */
static bool is_of_exec(const siginfo_t *info, pid_t pid)
{
    return info->si_signo == SIGTRAP && info->si_code == SI_USER && info->si_pid == pid;
}

/* There is none in a group stop, EINVAL, and there none is needed: the child stays stopped until it
 * is continued. */
bool tracee_let_go(pid_t pid)
{
    siginfo_t info = {0};
    if (syscall(SYS_ptrace, PTRACE_GETSIGINFO, pid, NULL, &info) == -1 && errno == ESRCH)
        return false;
    long signal = is_of_exec(&info, pid) ? 0 : info.si_signo;
    return syscall(SYS_ptrace, PTRACE_DETACH, pid, NULL, signal) == 0;
}

void tracees_note_stray(pid_t pid)
{
    strays[next_stray++ % STRAYS] = pid;
}

/* Gone, or dead: of a thread that is killed while it is stopped nobody tells us. */
static bool is_gone(pid_t pid)
{
    return syscall(SYS_kill, pid, 0) == -1 && errno == ESRCH;
}

bool tracees_let_go_strays(void)
{
    bool left = false;
    for (pid_t *stray = strays; stray < strays + STRAYS; stray++) {
        if (*stray != NOBODY && (tracee_let_go(*stray) || is_gone(*stray)))
            *stray = NOBODY;
        left |= *stray != NOBODY;
    }
    return left;
}
