/*
 * brief_child.c - see brief_child.h. One that had to be killed is nobody's promise: the reaper
 * drops it like an orphan, as soon as the kernel lets go of it.
 */
#include "process/brief_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/wait_status.h"

struct brief_child {
    int (*act)(void *context);
    void *context;
    struct promise *alive;
    milliseconds most;
    int error;
};

/* There is no descriptor to be waited for before Linux 5.3, so it is looked each millisecond. */
static int await(pid_t pid, milliseconds most)
{
    int status, flags = most == NEVER ? 0 : WNOHANG;
    while (most-- > 0) {
        pid_t ended = waitpid(pid, &status, flags);
        if (ended == pid)
            return wait_status_code(status);
        if (ended == 0)
            poll(NULL, 0, 1);
        else if (errno != EINTR)
            return errno;
    }
    kill(pid, SIGKILL);
    return ETIMEDOUT;
}

/* Under the registry's lock, which is held until the child has ended. There is none left to be
 * registered. */
static pid_t run(void *context)
{
    struct brief_child *child = context;
    pid_t pid = -1;
    errno = ESRCH;
    if (child->alive == NULL || !children_resolved(child->alive, NULL))
        pid = _Fork();
    if (pid == 0)
        _exit(child->act(child->context));
    child->error = pid == -1 ? errno : await(pid, child->most);
    return -ECHILD;
}

int brief_child_run(int (*act)(void *context), void *context, struct promise *alive,
                    milliseconds most)
{
    struct promise unused;
    struct brief_child child = {.act = act, .context = context, .alive = alive, .most = most};
    children_spawn(&unused, run, &child);
    return child.error;
}
