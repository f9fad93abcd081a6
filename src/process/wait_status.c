/* wait_status.c - see wait_status.h. */
#include "process/wait_status.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "process/signals.h"

int wait_status_code(int status)
{
    return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

bool wait_status_code_is_success(int code, const uint8_t *as_success)
{
    return code == EXIT_SUCCESS ||
           (as_success != NULL && (as_success[code / CHAR_BIT] >> code % CHAR_BIT & 1) != 0);
}

void wait_status_append(struct text *text, int status)
{
    if (!WIFSIGNALED(status)) {
        text_add(text, "exited with status %d", WEXITSTATUS(status));
        return;
    }
    text_add(text, "was killed by ");
    signal_append(text, WTERMSIG(status));
    if (WCOREDUMP(status))
        text_add(text, " (core dumped)");
}

enum { ENDED_CHILDREN = WEXITED | WNOHANG | WNOWAIT | __WALL };

/* The kernel reports the stop of a tracee unasked: foster.h. */
enum child_state wait_status_child_end(pid_t pid, siginfo_t *end)
{
    *end = (siginfo_t){0};
    if (waitid(P_PID, (id_t)pid, end, ENDED_CHILDREN) == -1)
        return NO_CHILD;
    return end->si_pid == 0 || end->si_code == CLD_TRAPPED ? RUNNING_CHILD : ZOMBIE_CHILD;
}

enum child_state wait_status_child_state(pid_t pid)
{
    siginfo_t unused;
    return wait_status_child_end(pid, &unused);
}

bool wait_status_has_children(void)
{
    siginfo_t unused;
    return waitid(P_ALL, 0, &unused, ENDED_CHILDREN) == 0;
}

bool wait_status_is_stopped(pid_t child)
{
    siginfo_t stop = {0};
    bool is_child = waitid(P_PID, (id_t)child, &stop, WSTOPPED | WNOHANG | WNOWAIT) == 0;
    return is_child && stop.si_pid != 0 && stop.si_code == CLD_STOPPED; /* a tracee: CLD_TRAPPED */
}
