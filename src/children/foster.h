/*
 * foster.h - libfoster: start, signal and reap the children of a program with threads, and reap the
 * orphans that it adopts.
 *
 * A process that adopts orphans, as PID 1 or as a subreaper (prctl(2), PR_SET_CHILD_SUBREAPER),
 * must wait for every child, whether it started it or not. And it must not signal a pid that has
 * been reaped, because the kernel may have given the number to another process. With this library:
 *
 *   - children_spawn() registers the child that it starts, under a promise of its wait status;
 *   - children_sigchld() reaps every child that has ended. It resolves the promise of a registered
 *     child, and drops any other pid, an adopted orphan, in silence;
 *   - children_await() waits for a promise; children_resolved() asks without waiting;
 *   - children_signal() signals a child only while it is not reaped.
 *
 * There are two ways to use it. Choose one:
 *
 *   1. A signal loop. Block SIGCHLD in every thread. One thread calls sigwaitinfo(2) in a loop, and
 *      children_sigchld() for each SIGCHLD; or children_sigchld_of(), where there are many
 *      children.
 *   2. A signal handler. Install a handler for SIGCHLD that calls children_sigchld(). It may run in
 *      any thread, at any moment, also during the functions below.
 *
 * Errors are returned as numbers of errno.h; 0 is success. Link with -lfoster.
 *
 * What the rest of the program must not do:
 *
 *   - wait for children by other means: wait(2), waitpid(2) with -1, system(3), popen(3);
 *   - ignore SIGCHLD, or set SA_NOCLDWAIT: the kernel then discards the wait statuses (wait(2),
 *     NOTES);
 *   - use the library in a child that has forked and not exec'd. It has a copy of the registry, but
 *     the children in it are not its own. It may call children_resolved(), nothing else.
 *
 * Children that trace themselves. A child that calls PTRACE_TRACEME (ptrace(2)) makes us its tracer
 * without our consent, and its stops are then reported as if it had ended. The library lets such a
 * child go: it continues, with the signal that it stopped for, is not traced any more, and stays
 * registered. Only the thread that forked the child can do that; the first thread, for an orphan.
 * That thread does it when it next takes the lock, and it is woken while it awaits a promise. In
 * way 2 it is also sent a SIGCHLD (tgkill(2)). In way 1 a thread that starts children, and does not
 * run the loop, should call children_let_go() from time to time, best after each SIGCHLD of the
 * loop.
 */
#ifndef FOSTER_H
#define FOSTER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

/* What is declared here is visible; all other names of the library are hidden. */
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

#ifdef __cplusplus
#error "foster.h is a C11 header: its atomics are not those of C++"
#endif

/*
 * The promise of the wait status of one child. The caller owns the memory, which needs no
 * initialisation for children_spawn() and children_adopt(). It must stay in place from then on
 * until the promise is resolved and no thread awaits it; then it may be used again, or freed.
 *
 * A promise of zeroes, or one whose children_spawn() failed, has no child: it is never resolved, a
 * wait for it returns at once, and a signal to it is ESRCH.
 *
 * The members are internal to the library.
 */
struct promise {
    _Atomic(int) state;   /* a futex, see promise.c */
    int status;           /* as of waitpid(2); written once, before the state is resolved */
    pid_t pid;            /* names the child only while it is not reaped */
    pid_t spawner;        /* the thread that forked the child, or 0 */
    bool stopped;         /* as our tracee; the spawner must let it go */
    int pidfd;            /* in the descriptor table of the signal loop, or -1; see pidfds.h */
    struct promise *next; /* in the registry */
};

/* True once the child is reaped. Its wait status is then in *status, unless status is NULL. Any
 * thread and signal handlers; takes no lock, allocates nothing. */
bool children_resolved(struct promise *promise, int *status);

/* Waits until the child is reaped. Returns its wait status, as of waitpid(2), or CHILDREN_NONE if
 * there is no child. May block. Any thread, not a signal handler, and not the thread that runs the
 * signal loop, because nothing is reaped while it waits. */
enum { CHILDREN_NONE = -1 /* is no wait status */ };
int children_await(struct promise *promise);

/* Waits until the child is reaped or the deadline has passed; the deadline is an absolute time of
 * CLOCK_MONOTONIC. True if the child is reaped, and *status is as with children_resolved(). False
 * if the deadline has passed or is not a valid time, or if there is no child. May block. The same
 * threads as children_await(). */
bool children_await_until(struct promise *promise, const struct timespec *deadline, int *status);

/*
 * A function of yours that starts one process. It returns the pid, or a negative error number if
 * there is no process; never 0, and it never returns in the child. It is called under the lock, so
 * it must not call anything that is declared here, and should be quick: fork, vfork, posix_spawn
 * and clone are. If it made a child and still fails (a failed exec, say), it must reap that child
 * itself.
 */
typedef pid_t children_start(void *context);

/*
 * Calls start(context) and registers the child, in one step: the child cannot be reaped in between.
 * Returns 0, or the error number from start (EINVAL for a pid of 0), and then there is no child to
 * wait for. Once the child exists nothing can fail. May block until the lock is free. Any thread,
 * not a signal handler; allocates nothing.
 */
int children_spawn(struct promise *child, children_start *start, void *context);

/*
 * Registers a child that this process did not start: an orphan that it has adopted, such as a
 * daemon that has left its parent. From then on it is a child like those of children_spawn().
 * Returns 0; ESRCH if the pid is not a child of this process, or is reaped; EEXIST if it is
 * registered. After an error the promise is unchanged. May block until the lock is free. Any
 * thread, not a signal handler; allocates nothing.
 */
int children_adopt(struct promise *child, pid_t pid);

/* The target of children_signal(): the child, or the process group that it leads. A child that
 * leads no group, not yet or never, is signalled alone. */
enum children_reach { REACH_CHILD, REACH_GROUP };

/* Sends a signal, as kill(2), if the child is not reaped. Returns 0; ESRCH if the child is reaped
 * or there is none; or the error of kill(2). May block until the lock is free, and may first have
 * to reap, as all functions that take the lock. Any thread, not a signal handler; allocates
 * nothing. */
int children_signal(struct promise *child, int signal, enum children_reach reach);

/* Sends a signal with a value to the child, as rt_sigqueueinfo(2): info is what that call takes,
 * for instance the siginfo_t of a signal that is passed on. If it cannot be queued, the signal is
 * sent without the value. Otherwise as children_signal(). */
int children_queue(struct promise *child, int signal, siginfo_t *info);

/*
 * Reaps every child that has ended. Call it after each SIGCHLD. If another thread has the lock,
 * that thread reaps when it releases the lock. Any thread and signal handlers; does not block,
 * allocates nothing, keeps errno.
 */
void children_sigchld(void);

/*
 * The same for a signal loop with many children. pid is the one that SIGCHLD came with (si_pid of
 * sigwaitinfo(2)), or 0. After children_use_pidfds() a call takes the same time however many
 * children there are; before, it does as children_sigchld().
 *
 * With a pid it may miss two kinds of children whose SIGCHLD coalesced with another: one that has
 * stopped (see above), and a sibling that a child made (clone(2), CLONE_PARENT). So call it with 0,
 * which searches all children, some time after the last SIGCHLD.
 *
 * True if there is work left, because another thread has the lock, or because not every child has a
 * pidfd yet: then call it with 0 when the loop has nothing else to do.
 *
 * The first thread of the process only, because orphans become its children. Does not block,
 * allocates nothing, keeps errno.
 */
bool children_sigchld_of(pid_t pid);

/*
 * Lets go the stopped children of this thread that have made it their tracer (see above). Takes the
 * lock only if there are any; may then block until it is free. Any thread, not a signal handler;
 * allocates nothing.
 */
void children_let_go(void);

/*
 * Prepares for count children at a time, if that is 200 or more: makes the descriptor table large
 * enough for four descriptors for each, as RLIMIT_NOFILE permits. Two of these are for the children
 * and two for the rest of the program. True if children_use_pidfds() will have an effect. Call it
 * before the first child, while the program has one thread. Allocates nothing.
 */
bool children_expect(unsigned count);

/*
 * From now on children_sigchld_of() gives each child a pidfd (Linux 5.3), to some children at each
 * call, so that the kernel names the children that have ended. The descriptors are in the table of
 * the thread that runs the signal loop, which opens and closes them.
 *
 * A fork copies the descriptors of the thread that forks, which takes longer than the search that a
 * list saves. So this is of use where the threads that fork children do not share the descriptor
 * table of the signal loop (unshare(2), CLONE_FILES).
 *
 * Without children_expect(), without memory or descriptors, and before Linux 5.3 it changes
 * nothing. Sends SIGCHLD to the first thread, so that the signal loop begins the list. May block
 * until the lock is free. Any thread, not a signal handler; allocates nothing.
 */
void children_use_pidfds(void);

/*
 * Sets a function that is called with the pid and the wait status of every orphan that is reaped;
 * NULL for none. It is called under the lock, so it must not call anything that is declared here,
 * and in way 2 in a signal handler, so it must be async-signal-safe (signal-safety(7)). Call this
 * before the first children_sigchld().
 */
void children_watch_orphans(void (*watch)(pid_t pid, int status));

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

/* The names that three functions had before version 0.1, for programs of that time. */
#define promise_resolved    children_resolved
#define promise_await       children_await
#define promise_await_until children_await_until

#endif
