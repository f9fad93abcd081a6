/*
 * guest.c - a program with functions and variables that have the names of the library's internal
 * ones. It starts a child by the library.
 *
 * Exits with 0 if the library does not touch them, and if no signal is sent and nothing is waited
 * for by a promise without a child.
 */
#include <errno.h>
#include <foster.h>
#include <signal.h>
#include <unistd.h>

enum { CODE = 7, FOREIGN_CALL = 99 };

/* Each one ends the program with that code if the library calls it. */
#define OF_OUR_OWN(name)                                                                           \
    void name(void);                                                                               \
    void name(void)                                                                                \
    {                                                                                              \
        _exit(FOREIGN_CALL);                                                                       \
    }
OF_OUR_OWN(lock_take)
OF_OUR_OWN(lock_try)
OF_OUR_OWN(lock_drop)
OF_OUR_OWN(unlock)
OF_OUR_OWN(reap)
OF_OUR_OWN(resolve)
OF_OUR_OWN(register_child)
OF_OUR_OWN(target)
OF_OUR_OWN(close_descriptor)
OF_OUR_OWN(remove_pidfd)
OF_OUR_OWN(registry_add)
OF_OUR_OWN(promise_make)
OF_OUR_OWN(promise_void)
OF_OUR_OWN(promise_resolve)
OF_OUR_OWN(promise_wake)
OF_OUR_OWN(promise_is_pending)
OF_OUR_OWN(tracees_let_go)
OF_OUR_OWN(tracees_note_stray)
OF_OUR_OWN(pidfds_begin)
OF_OUR_OWN(pidfds_add)
OF_OUR_OWN(pidfds_remove)
OF_OUR_OWN(pidfds_reap)
int registry = 1, word = 2, set = 3, need_wait = 4;

static pid_t start(void *fails)
{
    if (fails != NULL)
        return -EAGAIN;
    pid_t pid = fork();
    if (pid == 0)
        _exit(CODE);
    return pid;
}

int main(void)
{
    static struct promise never;
    struct promise promise;
    sigset_t sigchld;
    int status, signal;
    setpgid(0, 0); /* a kill(0) would end this program alone */
    sigemptyset(&sigchld);
    sigaddset(&sigchld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &sigchld, NULL);
    if (children_spawn(&promise, start, &promise) != EAGAIN ||
        children_signal(&promise, SIGTERM, REACH_CHILD) != ESRCH ||
        children_signal(&never, SIGTERM, REACH_GROUP) != ESRCH ||
        children_spawn(&promise, start, NULL) != 0)
        return 1;
    while (!children_resolved(&promise, &status)) {
        sigwait(&sigchld, &signal);
        children_sigchld();
    }
    return status == CODE << 8 && registry + word + set + need_wait == 1 + 2 + 3 + 4 ? 0 : 1;
}
