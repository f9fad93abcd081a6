/*
 * brief_child.c - see brief_child.h. A brief child that was killed is not registered: when it has
 * ended, the reaper drops it like an orphan.
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
    struct promise *unreaped;
    milliseconds timeout;
    int error;
};

/* With a timeout it looks each millisecond: there are no pidfds to poll before Linux 5.3. */
static int wait_with_timeout(pid_t pid, milliseconds timeout)
{
    int status, flags = timeout == NEVER ? 0 : WNOHANG;
    while (timeout-- > 0) {
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

/* A children_start, which forks and waits. Caller holds the lock, until the child has ended; the
 * result is an error, as there is no child to be registered. */
static pid_t fork_and_wait(void *context)
{
    struct brief_child *child = context;
    pid_t pid = -1;
    errno = ESRCH;
    if (child->unreaped == NULL || !children_resolved(child->unreaped, NULL))
        pid = _Fork();
    if (pid == 0)
        _exit(child->act(child->context));
    child->error = pid == -1 ? errno : wait_with_timeout(pid, child->timeout);
    return -ECHILD;
}

int brief_child_run(int (*act)(void *context), void *context, struct promise *unreaped,
                    milliseconds timeout)
{
    struct promise unused;
    struct brief_child child = {
        .act = act, .context = context, .unreaped = unreaped, .timeout = timeout};
    children_spawn(&unused, fork_and_wait, &child);
    return child.error;
}
