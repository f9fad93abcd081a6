/*
 * children.c - the registry of our children, and the reaper that empties it.
 *
 * PID 1 inherits children it never started, so it must wait for "any child", and that takes away
 * the statuses of the children it did start. Hence the registry: it maps the pid of each child we
 * spawned to the promise of its status. The danger is the pid itself. Once waitpid has returned it,
 * the kernel may give the number to another process, so a pid may be used only between the fork and
 * the reaping, and both happen under one lock.
 *
 * SIGCHLD can arrive at any moment, also in the thread that holds the lock, so its handling may not
 * wait:
 *
 *   1. Thread A takes the lock to spawn.
 *   2. A child dies. The handler runs, perhaps in A, and finds the lock taken. It cannot wait (A
 * would never go on) and it cannot reap (A's new child might be reaped before it is registered, and
 * taken for an orphan).
 *   3. It leaves a note, need_wait, and returns.
 *   4. A lets go of the lock, looks for the note, and reaps.
 *
 * The order of each pair is what makes it complete: the handler writes the note and then tries the
 * lock; the holder drops the lock and then reads the note. Both pairs are sequentially consistent,
 * so one of the two sees the other.
 *
 * The invariants (the tests assert them by these names):
 *
 *   I1  The registry is touched only under the lock.
 *   I2  Whenever the lock is free: a pid is in the registry iff we spawned it, or took it over, and
 * its end is not reaped. A stop is no end: wait4 reports those of a child that made us its tracer
 * (tracees.h), unasked. I3  kill is called only under the lock on an unreaped child: a recycled pid
 * is never signalled. I4  The flag is cleared before waitpid, so no SIGCHLD after the clear is
 * lost. I5  Whoever unlocks re-reads the flag. Nobody ever waits for the lock in signal context. I6
 * A stop that this thread cannot undo is noted, and then every thread that may have to is told;
 * each looks for notes whenever it unlocks. Who was told and found the lock taken has left
 * need_tell, and is told again.
 *
 * Rejected: pidfds alone (not before Linux 5.3; one descriptor a child; an orphan has none), though
 * they shorten the search where there are many children (pidfds.h); waiting for each known child by
 * its own pid (orphans would stay zombies); one slot array (a limit, or memory taken between two
 * forks). The promise is the registry's slot and the memory is the caller's, so after a fork
 * nothing is left that could fail.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foster.h"
#include "lock.h"
#include "pidfds.h"
#include "promise.h"
#include "tracees.h"

/* Somebody may have died since the last reaping began. Set by children_sigchld(), cleared by reap()
 * before it waits. Whoever unlocks owes a look. */
static atomic_bool need_wait;
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2,
               "signal handlers need lock-free atomics (C11 7.14.1.1p5)");

/* A child is stopped, and the thread that was told of it could not let it go. Written under the
 * lock. */
static atomic_bool need_let_go;

/* I6. A handler has found the lock taken, and may have come for such a child. A flag of its own, as
 * any reaping clears need_wait. */
static atomic_bool need_tell;
enum { NOBODY = 0, NO_PIDFD = -1 };

/* Children that are given a pidfd while the signal loop holds the lock: some 2 us each. */
enum { LISTED_AT_A_TIME = 64 };

/* Whom one reaping hears of. Then it is for the next, so that children that stop again and again,
 * or fork and end without end, cannot keep us. */
enum { HEARD_AT_A_TIME = 100 };

/* wait4(2): any child; of which threads. */
enum { ANYBODY = -1, OF_ALL_THREADS = 0, OF_THIS_THREAD = __WNOTHREAD };

/* The registry: a chain of promises for each remainder of the pid. I1: touched only under the lock.
 */
enum { CHAINS = 256 };
static struct promise *registry[CHAINS];
static size_t registered; /* how many are in it */

static void (*orphan_watch)(pid_t pid, int status);

/* Caller holds the lock. */
static struct promise **registry_chain(pid_t pid)
{
    return &registry[(unsigned)pid % CHAINS];
}

/* Caller holds the lock. */
static void registry_add(struct promise *promise)
{
    struct promise **chain = registry_chain(promise->pid);
    promise->next = *chain;
    *chain = promise;
    registered++;
}

/* The link to the promise made for a pid, or to NULL: not one of ours. Caller holds the lock. */
static struct promise **registry_find(pid_t pid)
{
    struct promise **link = registry_chain(pid);
    while (*link != NULL && (*link)->pid != pid)
        link = &(*link)->next;
    return link;
}

/* Removes and returns the promise made for a pid, or NULL. Caller holds the lock. */
static struct promise *registry_take(pid_t pid)
{
    struct promise **link = registry_find(pid), *found = *link;
    if (found != NULL) {
        *link = found->next;
        registered--;
    }
    return found;
}

/* The child behind this one, or the first of all; NULL when there are no more. Caller holds the
 * lock. */
static struct promise *registry_next(const struct promise *child)
{
    if (child != NULL && child->next != NULL)
        return child->next;
    struct promise **chain = child != NULL ? registry_chain(child->pid) + 1 : registry;
    while (chain < registry + CHAINS && *chain == NULL)
        chain++;
    return chain < registry + CHAINS ? *chain : NULL;
}

/* One child is reaped: keep its promise, or drop an orphan in silence. Caller holds the lock. */
static void resolve(pid_t pid, int status)
{
    struct promise *promise = registry_take(pid);
    if (promise != NULL)
        promise_resolve(promise, status);
    else if (orphan_watch != NULL)
        orphan_watch(pid, status);
}

/* The same question by waitid(2), and its answer in wait4's words. Caller holds the lock. */
static pid_t wait_otherwise(pid_t whom, int among, int *status)
{
    enum { CORE = 0x80, STOPPED = 0x7f, CODE_SHIFT = 8 }; /* of a status, wait(2) */
    siginfo_t end = {0};
    if (syscall(SYS_waitid, whom == ANYBODY ? P_ALL : P_PID, whom, &end,
                WEXITED | WNOHANG | __WALL | among, NULL) == -1)
        return -1;
    if (end.si_code == CLD_KILLED || end.si_code == CLD_DUMPED)
        *status = end.si_status | (end.si_code == CLD_DUMPED ? CORE : 0);
    else
        *status = end.si_status << CODE_SHIFT | (end.si_code == CLD_EXITED ? 0 : STOPPED);
    return end.si_pid;
}

/* An answer that wait4 cannot give: ECHILD, where any child was asked for and there is one in the
 * registry; EINTR, with WNOHANG; EINVAL or ENOSYS, but by a filter (seccomp(2)). Caller holds the
 * lock. */
static bool is_impossible(int error, pid_t whom, int among)
{
    return error != ECHILD || (whom == ANYBODY && among == OF_ALL_THREADS && registered > 0);
}

/* __WALL: also an adopted child whose exit signal is not SIGCHLD (clone(2)). The raw call: waitpid
 * is a cancellation point, and a thread cancelled in it would take the lock to its grave. Caller
 * holds the lock. */
static pid_t wait_for(pid_t whom, int among, int *status)
{
    pid_t pid = (pid_t)syscall(SYS_wait4, whom, status, WNOHANG | __WALL | among, NULL);
    if (pid == -1 && is_impossible(errno, whom, among))
        return wait_otherwise(whom, among, status);
    return pid;
}

/* I6. A thread that sleeps in sigwaitinfo or has a handler is woken by a SIGCHLD, one that awaits a
 * promise by the promise; any other looks when it calls us next. Orphans, and children whose thread
 * has ended, are the first thread's. Caller holds the lock. Any thread and signal handlers;
 * allocates nothing. */
static void tell_tracers(void)
{
    pid_t self = getpid(), told = self;
    syscall(SYS_tgkill, self, self, SIGCHLD);
    for (struct promise *child = registry_next(NULL); child != NULL; child = registry_next(child)) {
        promise_rouse(child);
        if (child->spawner != told && child->spawner != 0)
            syscall(SYS_tgkill, self, told = child->spawner, SIGCHLD);
    }
}

/* Lets go whom this thread can; the others stay noted. Caller holds the lock. Any thread and signal
 * handlers. */
static void let_go_noted(void)
{
    bool left = tracees_let_go_strays();
    for (struct promise *child = registry_next(NULL); child != NULL; child = registry_next(child)) {
        child->stopped = child->stopped && !tracee_let_go(child->pid);
        left |= child->stopped;
    }
    atomic_store(&need_let_go, left);
}

/* True if there is a note. Caller holds the lock. */
static bool note_stop(pid_t pid)
{
    struct promise *child = *registry_find(pid);
    if (child != NULL)
        child->stopped = true;
    else
        tracees_note_stray(pid);
    atomic_store(&need_let_go, true);
    return true;
}

/* waitid(2) and wait4(2) report more than ends. */
static bool is_end(int status)
{
    return WIFEXITED(status) || WIFSIGNALED(status);
}

/* What a reaping has met. */
struct heard {
    int count;
    bool stop_noted;
};

/* I2: only an end is an end. Caller holds the lock. */
static void hear_of(pid_t pid, int status, struct heard *heard)
{
    heard->count++;
    if (is_end(status))
        resolve(pid, status);
    else
        heard->stop_noted |= !tracee_let_go(pid) && note_stop(pid);
}

/* Afterwards, as it takes a walk. Caller holds the lock. */
static void finish_reaping(const struct heard *heard)
{
    if (heard->stop_noted)
        tell_tracers();
    if (heard->count == HEARD_AT_A_TIME)
        kill(getpid(), SIGCHLD); /* there may be more: we come back after what else is to be done */
}

/*
 * Reaps until nothing is left, or enough has been heard: then false. Caller holds the lock. Any
 * thread and signal handlers; allocates nothing. What wait4 says, and what it means: a pid    it is
 * reaped, or has stopped and is let go; SIGCHLDs coalesce, so go on 0        children, but none
 * dead: done; the next death sets the flag again ECHILD   no children at all: done other    what
 * cannot be: waitid is asked, and if that fails as well, done: PID 1 must not ask for ever
 */
static bool reap_among(int threads)
{
    struct heard heard = {0};
    int status;
    pid_t pid;
    while (heard.count < HEARD_AT_A_TIME && (pid = wait_for(ANYBODY, threads, &status)) > 0)
        hear_of(pid, status, &heard);
    finish_reaping(&heard);
    return heard.count < HEARD_AT_A_TIME;
}

/* True if there was something to be heard of it: an end, or a stop. Caller holds the lock. */
static bool reap_one(pid_t pid)
{
    int status;
    struct heard heard = {0};
    if (wait_for(pid, OF_ALL_THREADS, &status) == pid)
        hear_of(pid, status, &heard);
    finish_reaping(&heard);
    return heard.count > 0;
}

/* Caller holds the lock. Any thread and signal handlers; allocates nothing. */
static void reap_registered(void)
{
    for (struct promise *child = registry_next(NULL), *next; child != NULL; child = next) {
        next = registry_next(child);
        reap_one(child->pid);
    }
}

/* Each thread is told of its own children first (do_wait() in kernel/exit.c), the first one of
 * orphans. Where there are more of these than are heard of at a time, nobody would ever hear of the
 * children of other threads. Caller holds the lock. Any thread and signal handlers; allocates
 * nothing. */
static void reap(void)
{
    atomic_store(&need_wait, false); /* I4: before waitpid, never after */
    if (!reap_among(OF_ALL_THREADS))
        reap_registered();
}

/* Of a registered child, whose pid may be another child's by now: it has that pidfd, or none.
 * Caller holds the lock. */
static bool is_registered(pid_t pid, int pidfd)
{
    const struct promise *child = *registry_find(pid);
    return child != NULL && child->pidfd == pidfd;
}

/* True if it is reaped, now or by somebody before. Caller holds the lock. The signal loop. */
static bool is_gone(pid_t pid, int pidfd)
{
    if (is_registered(pid, pidfd))
        reap_one(pid);
    return !is_registered(pid, pidfd);
}

/* Those that have been started since: the dead are reaped, the others are listed. False if one
 * cannot be listed. Caller holds the lock. The signal loop; allocates nothing, as the next two. */
static bool list_noted(void)
{
    for (pid_t pid; (pid = pidfds_take_noted()) != NOBODY;)
        if (!is_gone(pid, NO_PIDFD) && !pidfds_add(*registry_find(pid)))
            return false;
    return true;
}

/* Some of those who are not listed yet. False if one cannot be listed. Caller holds the lock. */
static bool list_some(void)
{
    int left = LISTED_AT_A_TIME;
    struct promise *child = registry_next(NULL);
    for (; child != NULL && left > 0; child = registry_next(child)) {
        if (child->pidfd != NO_PIDFD)
            continue;
        if (!pidfds_add(child))
            return false;
        left--;
    }
    if (child == NULL)
        pidfds_complete();
    return true;
}

/* Caller holds the lock. */
static void list(void)
{
    if (pidfds_are_complete() ? list_noted() : list_some())
        return;
    for (struct promise *child = registry_next(NULL); child != NULL; child = registry_next(child))
        pidfds_remove(child);
    pidfds_end();
}

/*
 * After a SIGCHLD that named this one, when those on the list are reaped: reaps the children of
 * this thread alone, which is the first, the one that orphans are given to (find_new_reaper() in
 * kernel/exit.c). If the named one is there even now, it has stopped, or came another way, as the
 * brother of a child of ours (clone(2), CLONE_PARENT), and there may be more: all are searched. A
 * stop or a brother whose signal was lost in another's stays. The note is left alone: who left one
 * is owed a search of all (I4, I5). Caller holds the lock. The signal loop; allocates nothing.
 */
static void reap_unlisted(pid_t named)
{
    reap_among(OF_THIS_THREAD);
    if (reap_one(named))
        reap();
}

/* With a list: what it names; then who is to be searched for, all if the list is not complete or
 * nobody is named. Caller holds the lock. The signal loop; allocates nothing. */
static void reap_by_list(pid_t named)
{
    bool all = named <= 0 || !pidfds_are_complete();
    pidfds_reap(is_gone);
    if (all)
        reap();
    list();
    if (!all)
        reap_unlisted(named);
}

/* I5, I6. Drops the lock, and reaps as long as somebody left a note and nobody else has taken the
 * lock since: they owe the look now. Caller holds the lock. Any thread and signal handlers;
 * allocates nothing. */
static void unlock(void)
{
    if (atomic_load(&need_let_go))
        let_go_noted();
    lock_drop();
    while ((atomic_load(&need_wait) || atomic_load(&need_tell)) && lock_try()) {
        reap();
        if (atomic_exchange(&need_tell, false) && atomic_load(&need_let_go))
            tell_tracers();
        lock_drop();
    }
}

void children_sigchld(void)
{
    int saved = errno;
    atomic_store(&need_wait, true);
    bool taken = lock_try();
    if (!taken && atomic_load(&need_let_go)) {
        atomic_store(&need_tell, true);
        taken = lock_try(); /* whoever let go meanwhile may not have seen it */
    }
    if (taken) {
        reap();
        unlock();
    } /* else the unlocker will see need_wait and reap for us */
    errno = saved;
}

/* A pid of 0 and less is a group for wait4(2), and means here that nobody is named. */
bool children_sigchld_of(pid_t pid)
{
    int saved = errno;
    if (!lock_try()) {
        children_sigchld();
        return true;
    }
    if (pidfds_are_used())
        reap_by_list(pid);
    else
        reap();
    bool all_listed = pidfds_are_complete() || !pidfds_are_used();
    unlock();
    errno = saved;
    return !all_listed;
}

void children_let_go(void)
{
    if (!atomic_load(&need_let_go))
        return;
    lock_take();
    unlock();
}

void children_use_pidfds(void)
{
    lock_take();
    pidfds_begin();
    unlock();
    syscall(SYS_tgkill, getpid(), getpid(), SIGCHLD); /* the signal loop's, which lists them */
}

/* The spawner is the thread that has forked it, or 0. Caller holds the lock. */
static void enrol(struct promise *child, pid_t pid, pid_t spawner)
{
    promise_make(child, pid, spawner);
    registry_add(child);
    pidfds_note(pid);
}

int children_spawn(struct promise *child, children_start *start, void *context)
{
    lock_take();
    pid_t pid = start(context);
    if (pid > 0)
        enrol(child, pid, gettid());
    else
        promise_void(child);
    unlock();
    if (pid > 0)
        return 0;
    return pid < 0 ? -pid : EINVAL;
}

/* A child, dead or alive, that is not reaped: under the lock nobody else can reap it before it is
 * registered. The raw call, as in reap(). Caller holds the lock. */
static bool is_our_child(pid_t pid)
{
    return syscall(SYS_waitid, P_PID, pid, NULL, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) == 0;
}

int children_adopt(struct promise *child, pid_t pid)
{
    lock_take();
    int error = ESRCH;
    if (*registry_find(pid) != NULL) {
        error = EEXIST;
    } else if (is_our_child(pid)) {
        enrol(child, pid, 0);
        error = 0;
    }
    unlock();
    return error;
}

/* I3: whom a signal is for, as kill(2) wants it. A child that leads no group, not yet or never, has
 * none of its own: then it is meant alone. Caller holds the lock. */
static pid_t target(const struct promise *child, enum children_reach reach)
{
    return reach == REACH_GROUP && getpgid(child->pid) == child->pid ? -child->pid : child->pid;
}

int children_signal(struct promise *child, int signal, enum children_reach reach)
{
    lock_take();
    int error = ESRCH;
    if (promise_is_pending(child)) /* I3 */
        error = kill(target(child, reach), signal) == 0 ? 0 : errno;
    unlock();
    return error;
}

int children_queue(struct promise *child, int signal, siginfo_t *info)
{
    lock_take();
    int error = ESRCH;
    if (promise_is_pending(child)) { /* I3 */
        bool queued = syscall(SYS_rt_sigqueueinfo, child->pid, signal, info) == 0;
        error = queued || kill(child->pid, signal) == 0
                    ? 0
                    : errno; /* as from kill(1): it comes, without its value */
    }
    unlock();
    return error;
}

void children_watch_orphans(void (*watch)(pid_t pid, int status))
{
    orphan_watch = watch;
}
