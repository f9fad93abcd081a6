/*
 * foster.h - adopt, reap and resolve: the children of a process, for programs with threads.
 *
 * A process that adopts orphans must wait for every child, known or not, and must never signal a
 * pid that has been reaped, because the kernel may have given the number to somebody else. This
 * library keeps both promises:
 *
 *   - children_spawn() registers the child it starts under a promise of its exit status;
 *   - children_sigchld() reaps whatever has died: a registered child resolves its promise, an
 * unknown pid (an adopted orphan) is dropped in silence;
 *   - children_signal() reaches only a child that is not reaped yet;
 *   - only an end is an end. The kernel also reports, unasked, that a child has stopped which
 * called PTRACE_TRACEME and so made us its tracer (ptrace(2)): it is let go, with the signal that
 * it stopped for, and its promise stays.
 *
 * Two ways in, choose one:
 *
 *   1. From a signal loop. Block SIGCHLD in every thread; one thread sits in sigwaitinfo(2) and
 * calls children_sigchld() for each SIGCHLD, or, where children are many, children_sigchld_of().
 *   2. From a real handler. Install a SIGCHLD handler that calls children_sigchld(); it may run in
 * any thread, at any moment, also inside the functions below.
 *
 * Only the thread that has forked a tracee can let it go. In the second way that thread is sent a
 * SIGCHLD (tgkill(2)); in both it is woken while it awaits a promise, and looks whenever it calls
 * what takes the lock. In the first way any other thread that starts children should call
 * children_let_go() now and then, best when the loop has heard a SIGCHLD.
 *
 * A fork without exec: the child has a copy of the registry, but those are not its children. It
 * must not call anything declared here but children_resolved(), nor use these promises, until it
 * execs.
 *
 * What it costs the rest of the program: no other code may wait for children (wait, waitpid(-1),
 * system, popen), and SIGCHLD must not be ignored, or the kernel throws the statuses away (wait(2),
 * NOTES).
 *
 * Errors are returned as numbers of errno.h, 0 is success. Link with -lfoster.
 */
#ifndef FOSTER_H
#define FOSTER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

/* All other names of the library are its own. */
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

#ifdef __cplusplus
#error "foster.h is a C11 header: its atomics are not those of C++"
#endif

/*
 * The promise of one child's exit status. The memory is the caller's and needs no initialisation
 * for children_spawn() and children_adopt(); it must stay in place from then until the promise is
 * resolved and nobody awaits it, then it may be used again. One that is all zeroes, or whose
 * children_spawn() has failed, has no child: it is never resolved, nobody waits for it, and a
 * signal for it is ESRCH. The members are the library's own.
 */
struct promise {
    _Atomic(int) state;   /* a futex: see promise.c */
    int status;           /* of waitpid(2); written once, before the state says so */
    pid_t pid;            /* the child's; a name for the child only while it is unreaped */
    pid_t spawner;        /* the thread that has forked it, or 0 */
    bool stopped;         /* as our tracee, and that thread is to let it go */
    int pidfd;            /* the child's, in the loop thread's table, or -1: see pidfds.h */
    struct promise *next; /* in the registry's chain */
};

/* True once the child is reaped; its wait status is then in *status, which may be NULL. Any thread
 * and signal handlers; takes no lock, allocates nothing. */
bool children_resolved(struct promise *promise, int *status);

/* Waits until the child is reaped and returns its wait status, or CHILDREN_NONE if there is no
 * child. Any thread, not a signal handler, and not the thread that runs the signal loop: nobody
 * would reap. */
enum { CHILDREN_NONE = -1 /* no wait status */ };
int children_await(struct promise *promise);

/* The same with a deadline, an absolute time of CLOCK_MONOTONIC: false when it passed first, is not
 * a valid time, or there is no child. The same threads. */
bool children_await_until(struct promise *promise, const struct timespec *deadline, int *status);

/*
 * Starts one process and returns its pid, or a negative error number when there is none; never 0,
 * and never in the child. Called under the lock, so it must not call anything declared here and
 * should be quick; fork, vfork, posix_spawn and clone all do. A child that it made and that failed
 * (a bad exec, say) it must reap itself.
 */
typedef pid_t children_start(void *context);

/*
 * Calls start(context) and registers the child it made, as one step that the reaper cannot come
 * between. Returns what start reported (EINVAL for a pid of 0); after an error there is no promise
 * to await. Nothing can fail once the child exists. Any thread, not a signal handler; allocates
 * nothing.
 */
int children_spawn(struct promise *child, children_start *start, void *context);

/*
 * Takes over a child that we did not start: an adopted orphan that is to be known from now on, such
 * as a daemon that has left its parent. ESRCH if the pid is not an unreaped child of ours, EEXIST
 * if it is registered already. Any thread, not a signal handler; allocates nothing.
 */
int children_adopt(struct promise *child, pid_t pid);

/* Whom children_signal() reaches. A group is the child's own: a child that leads none, not yet or
 * never, is reached alone. */
enum children_reach { REACH_CHILD, REACH_GROUP };

/* Sends a signal, kill(2), to a child that is not reaped yet: ESRCH when it is, or there is none.
 * Any thread, not a signal handler; like all that takes the lock it may first have to reap what has
 * died meanwhile. */
int children_signal(struct promise *child, int signal, enum children_reach reach);

/* The same for a signal that carries a value, rt_sigqueueinfo(2): info is what the sender queued.
 * If it cannot be queued, it is sent without the value, as kill(2) does. */
int children_queue(struct promise *child, int signal, siginfo_t *info);

/*
 * Says that somebody died, or stopped. Reaps all that can be reaped, now or, if the lock is taken,
 * as soon as its holder lets go. Any thread and signal handlers; never waits, allocates nothing,
 * keeps errno.
 */
void children_sigchld(void);

/*
 * The same for a signal loop that many children are expected in, with the pid that SIGCHLD came
 * with (si_pid): after children_use_pidfds() it costs the same however many they are, before that
 * it is children_sigchld(). What it may leave is who stopped, or died as the brother of a child
 * (clone(2), CLONE_PARENT), and whose signal was lost in another's: call it with 0, of nobody, some
 * time after a death, then it searches all. One thread only, the process's first, for orphans
 * become its children; never waits, allocates nothing, keeps errno. True if something is left: it
 * has not given each child a pidfd yet, and searches all until then, or another thread had the
 * lock, and will search. Then call it with 0 when there is nothing else to do.
 */
bool children_sigchld_of(pid_t pid);

/*
 * Lets go the children of this thread that have stopped as its tracees, if another has been told of
 * them. Any thread, not a signal handler; takes the lock only if there are any, allocates nothing.
 */
void children_let_go(void);

/*
 * Says how many children there will be at a time, and as many again for a while. If they are 200 or
 * more it makes room for four descriptors for each, as far as there may be so many (RLIMIT_NOFILE),
 * and is true. Before the first child, in a program of one thread; allocates nothing.
 */
bool children_expect(unsigned count);

/*
 * From now on children_sigchld_of() gives each child a descriptor (a pidfd, Linux 5.3) by which it
 * knows the dead, to some of them at each call, and closes it after the child's end. No other
 * function does, in no other thread: where the threads that start children by fork(2) do not share
 * their descriptors with the one of the signal loop (unshare(2), CLONE_FILES), no fork copies those
 * descriptors, which costs more than a search saves. Where there is no room for them, or they are
 * not to be had, nothing changes. It sends the first thread a SIGCHLD, so that the signal loop
 * begins. Any thread, not a signal handler; allocates nothing.
 */
void children_use_pidfds(void);

/*
 * Has watch(pid, status) called for every orphan that is reaped; NULL ends it. It runs under the
 * lock and, in the second way in, in a signal handler: it must be async-signal-safe. Call it before
 * the first children_sigchld().
 */
void children_watch_orphans(void (*watch)(pid_t pid, int status));

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

/* The names that three functions had until 0.1; for programs that were written then. */
#define promise_resolved    children_resolved
#define promise_await       children_await
#define promise_await_until children_await_until

#endif
