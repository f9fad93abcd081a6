/*
 * foster.h - adopt, reap and resolve: the children of a process, for programs with threads.
 *
 * A process that adopts orphans must wait for every child, known or not, and must never signal a pid that has been
 * reaped, because the kernel may have given the number to somebody else. This library keeps both promises:
 *
 *   - children_spawn() registers the child it starts under a promise of its exit status;
 *   - children_sigchld() reaps whatever has died: a registered child resolves its promise, an unknown pid (an adopted
 *     orphan) is dropped in silence;
 *   - children_signal() reaches only a child that is not reaped yet.
 *
 * Two ways in, choose one:
 *
 *   1. From a signal loop. Block SIGCHLD in every thread; one thread sits in sigwaitinfo(2) and calls
 *      children_sigchld() for each SIGCHLD, or, where children are many, children_sigchld_of().
 *   2. From a real handler. Install a SIGCHLD handler that calls children_sigchld(); it may run in any thread, at any
 *      moment, also inside the functions below.
 *
 * What it costs the rest of the program: no other code may wait for children (wait, waitpid(-1), system, popen), and
 * SIGCHLD must not be ignored, or the kernel throws the statuses away (wait(2), NOTES).
 *
 * Errors are returned as numbers of errno.h, 0 is success. Link with -lfoster.
 */
#ifndef FOSTER_H
#define FOSTER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
#error "foster.h is a C11 header: its atomics are not those of C++"
#endif

/*
 * The promise of one child's exit status. The memory is the caller's and needs no initialisation; it must stay in
 * place from children_spawn() until the promise is resolved and nobody awaits it, then it may be used again. The
 * members are the library's own.
 */
struct promise {
    _Atomic(int) state;   /* a futex: see promise.c */
    int status;           /* of waitpid(2); written once, before the state says so */
    pid_t pid;            /* the child's; a name for the child only while it is unreaped */
    int pidfd;            /* the child's, or -1: see deaths.h */
    struct promise *next; /* in the registry's chain */
};

/* True once the child is reaped; its wait status is then in *status, which may be NULL. Any thread and signal
 * handlers; takes no lock, allocates nothing. */
bool children_resolved(struct promise *promise, int *status);

/* Waits until the child is reaped and returns its wait status. Any thread, not a signal handler, and not the thread
 * that runs the signal loop: nobody would reap. */
int children_await(struct promise *promise);

/* The same with a deadline, an absolute time of CLOCK_MONOTONIC: false when it passed first, or is not a valid
 * time. The same threads. */
bool children_await_until(struct promise *promise, const struct timespec *deadline, int *status);

/*
 * Starts one process and returns its pid, or a negative error number when there is none; never 0, and never in the
 * child. Called under the lock, so it must not call anything declared here and should be quick; fork, vfork,
 * posix_spawn and clone all do. A child that it made and that failed (a bad exec, say) it must reap itself.
 */
typedef pid_t children_start(void *context);

/*
 * Calls start(context) and registers the child it made, as one step that the reaper cannot come between. Returns what
 * start reported (EINVAL for a pid of 0); after an error there is no promise to await. Nothing can fail once the child
 * exists. Any thread, not a signal handler; allocates nothing.
 */
int children_spawn(struct promise *child, children_start *start, void *context);

/*
 * Takes over a child that we did not start: an adopted orphan that is to be known from now on, such as a daemon that
 * has left its parent. ESRCH if the pid is not an unreaped child of ours, EEXIST if it is registered already. Any
 * thread, not a signal handler; allocates nothing.
 */
int children_adopt(struct promise *child, pid_t pid);

/* Whom children_signal() reaches. A group is the child's own: the child must lead one. */
enum children_reach { REACH_CHILD, REACH_GROUP };

/* Sends a signal, kill(2), to a child that is not reaped yet: ESRCH when it is. Any thread, not a signal handler; like
 * all that takes the lock it may first have to reap what has died meanwhile. */
int children_signal(struct promise *child, int signal, enum children_reach reach);

/* The same for a signal that carries a value, rt_sigqueueinfo(2): info is what the sender queued. */
int children_queue(struct promise *child, int signal, siginfo_t *info);

/*
 * Says that somebody died. Reaps all that can be reaped, now or, if the lock is taken, as soon as its holder lets go.
 * Any thread and signal handlers; never waits, allocates nothing, keeps errno.
 */
void children_sigchld(void);

/*
 * The same for a signal loop that many children are expected in, with the pid that SIGCHLD came with (si_pid): after
 * children_use_pidfds() it costs the same however many they are, before that it is children_sigchld(). One kind of dead
 * it may leave, the brother of a child (clone(2), CLONE_PARENT) whose signal was lost in another's: call
 * children_sigchld() some time after a death. The process's first thread only, for orphans become its children; never
 * waits, allocates nothing, keeps errno.
 */
void children_sigchld_of(pid_t pid);

/*
 * Says how many children there will be at a time, and as many again for a while. If they are 200 or more it makes room
 * for four descriptors for each, as far as there may be so many (RLIMIT_NOFILE). Before the first child, in a program
 * of one thread; allocates nothing.
 */
void children_expect(unsigned count);

/*
 * Gives each child that there is a descriptor (a pidfd, Linux 5.3; numbered from count on), by which
 * children_sigchld_of() knows the dead, and from now on each new one. Where there is no room for them, or they are not
 * to be had, nothing changes. It takes some microseconds a child, so after the first starts is a good time, once. Any
 * thread, not a signal handler; allocates nothing.
 */
void children_use_pidfds(void);

/*
 * Has watch(pid, status) called for every orphan that is reaped; NULL ends it. It runs under the lock and, in the
 * second way in, in a signal handler: it must be async-signal-safe. Call it before the first children_sigchld().
 */
void children_watch_orphans(void (*watch)(pid_t pid, int status));

#endif
