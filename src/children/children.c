/*
 * children.c - the registry of our children, and the reaper that resolves their promises.
 *
 * PID 1 inherits children that it did not start. So it must wait for any child, and thereby takes
 * the wait statuses of the children that it did start. Hence the registry: it maps the pid of each
 * child that we spawned to the promise of its wait status. The danger is the pid: once waitpid has
 * returned it, the kernel may give the number to another process. So a pid may be used only between
 * fork and reaping, and both happen under one lock.
 *
 * SIGCHLD can arrive at any moment, also in the thread that holds the lock, so its handler must not
 * wait for the lock:
 *
 *   1. Thread A takes the lock to spawn.
 *   2. A child ends. The handler runs, perhaps in A, and finds the lock taken. It cannot wait,
 *      because A would never continue. It cannot reap, because A's new child might be reaped before
 *      it is registered, and be taken for an orphan.
 *   3. The handler has set the flag need_wait, and returns.
 *   4. A releases the lock, reads the flag, and reaps.
 *
 * The order of each pair makes this complete: the handler sets the flag and then tries the lock;
 * the holder releases the lock and then reads the flag. Both pairs are sequentially consistent, so
 * one of the two sees the other.
 *
 * The invariants. Code and tests use these names, and the debug build asserts them (invariant.h):
 *
 *   I1  The registry is touched only under the lock.
 *   I2  Whenever the lock is free: a pid is in the registry iff we spawned it, or took it over, and
 *       its end is not reaped. A stop is no end.
 *   I3  kill is called only under the lock on an unreaped child, or through a pidfd that was opened
 *       while it was the service's. So a recycled pid is never signalled.
 *   I4  The flag is cleared before waitpid, so no SIGCHLD after the clear is lost.
 *   I5  The thread that unlocks reads the flag again. No signal handler waits for the lock.
 *   I6  A stop that this thread cannot undo is noted, and every thread that may have to is told.
 *
 * I6: wait4 also reports, unasked, the stops of a child that made us its tracer, and only the
 * thread that forked the child can let it go (tracees.h). Each thread looks for noted stops
 * whenever it unlocks. A thread that was told, and found the lock taken, sets need_tell, and is
 * told again.
 *
 * Rejected: pidfds alone (not before Linux 5.3, one descriptor for each child, none for an orphan),
 * though they shorten the search where there are many children (pidfds.h); waiting for each known
 * child by its pid (orphans would stay zombies); an array of slots (a limit, or memory allocated
 * between two forks). The promise is the registry's slot, and its memory is the caller's, so after
 * a fork nothing is left that could fail.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foster.h"
#include "invariant.h"
#include "lock.h"
#include "pidfds.h"
#include "promise.h"
#include "tracees.h"

/* A child may have ended since the last reaping began. Set by children_sigchld(), cleared by reap()
 * before it waits (I4), read by the thread that unlocks (I5). */
static atomic_bool need_wait;
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2,
               "signal handlers need lock-free atomics (C11 7.14.1.1p5)");

/* I6: a stop is noted that the thread which was told of it could not undo. Written under the lock.
 */
static atomic_bool need_let_go;

/* I6: a thread was told of a noted stop, and found the lock taken. Not need_wait, which any reaping
 * clears. */
static atomic_bool need_tell;

/* Children that are given a pidfd while the signal loop holds the lock: some 2 us each. */
enum { LISTED_AT_A_TIME = 64 };

/* Reports of wait4(2) that one reaping handles. The rest is left to the next, so that children that
 * stop again and again, or fork and end without end, cannot keep us. */
enum { REPORTS_AT_A_TIME = 100 };

/* wait4(2): any child; the children of which threads. */
enum { ANY_CHILD = -1, OF_ALL_THREADS = 0, OF_THIS_THREAD = __WNOTHREAD };

/* The registry: a chain of promises for each remainder of the pid. I1: touched only under the lock.
 */
enum { CHAINS = 256 };
static struct promise *registry[CHAINS];
static size_t registered; /* how many promises are in it */

static void (*orphan_watch)(pid_t pid, int status);

/* I1. Caller holds the lock. */
static struct promise **registry_chain(pid_t pid)
{
    INVARIANT(I1, lock_is_held());
    return &registry[(unsigned)pid % CHAINS];
}

/* The link to the promise of a pid; a link to NULL if the pid is not registered. Caller holds the
 * lock. */
static struct promise **registry_find(pid_t pid)
{
    struct promise **link = registry_chain(pid);
    while (*link != NULL && (*link)->pid != pid)
        link = &(*link)->next;
    return link;
}

/* I2: a child enters the registry once, when its promise has been made. Caller holds the lock. */
static void registry_add(struct promise *promise)
{
    INVARIANT(I2, *registry_find(promise->pid) == NULL);
    INVARIANT(I2, promise_is_pending(promise));
    struct promise **chain = registry_chain(promise->pid);
    promise->next = *chain;
    *chain = promise;
    registered++;
}

/* Removes and returns the promise of a pid, or NULL. I2: it is then resolved, before the lock is
 * free. Caller holds the lock. */
static struct promise *registry_take(pid_t pid)
{
    struct promise **link = registry_find(pid), *found = *link;
    if (found != NULL) {
        *link = found->next;
        registered--;
    }
    return found;
}

/* The promise after this one, or the first one after NULL; NULL at the end. Caller holds the lock.
 */
static struct promise *registry_next(const struct promise *child)
{
    if (child != NULL && child->next != NULL)
        return child->next;
    struct promise **chain = child != NULL ? registry_chain(child->pid) + 1 : registry;
    while (chain < registry + CHAINS && *chain == NULL)
        chain++;
    return chain < registry + CHAINS ? *chain : NULL;
}

/* For assertions, I2 as far as it can be seen without the kernel: the promises in the registry are
 * those that are pending. Caller holds the lock. */
static inline bool registry_is_sound(void)
{
    size_t count = 0;
    struct promise *child = registry_next(NULL);
    for (; child != NULL && promise_is_pending(child); child = registry_next(child))
        count++;
    return child == NULL && count == registered && count == promises_pending();
}

/* A process has ended and is reaped. I2: a child leaves the registry, and its promise is resolved;
 * an orphan is dropped in silence. Caller holds the lock. */
static void resolve_or_drop_orphan(pid_t pid, int status)
{
    struct promise *promise = registry_take(pid);
    if (promise != NULL)
        promise_resolve(promise, status);
    else if (orphan_watch != NULL)
        orphan_watch(pid, status);
}

/* wait4 by waitid(2), which gives the wait status in another form. Caller holds the lock. */
static pid_t wait_by_waitid(pid_t wanted, int threads, int *status)
{
    enum { CORE = 0x80, STOPPED = 0x7f, CODE_SHIFT = 8 }; /* of a wait status, wait(2) */
    siginfo_t report = {0};
    if (syscall(SYS_waitid, wanted == ANY_CHILD ? P_ALL : P_PID, wanted, &report,
                WEXITED | WNOHANG | __WALL | threads, NULL) == -1)
        return -1;
    if (report.si_code == CLD_KILLED || report.si_code == CLD_DUMPED)
        *status = report.si_status | (report.si_code == CLD_DUMPED ? CORE : 0);
    else
        *status = report.si_status << CODE_SHIFT | (report.si_code == CLD_EXITED ? 0 : STOPPED);
    return report.si_pid;
}

/* True for an error that wait4 cannot give, so that a filter must have (seccomp(2)): ECHILD while a
 * child is registered and any child was asked for; EINTR with WNOHANG; EINVAL or ENOSYS. Caller
 * holds the lock. */
static bool is_impossible(int error, pid_t wanted, int threads)
{
    return error != ECHILD || (wanted == ANY_CHILD && threads == OF_ALL_THREADS && registered > 0);
}

/* As wait4(2) with WNOHANG. __WALL: also an adopted child whose exit signal is not SIGCHLD,
 * clone(2). The raw call: waitpid is a cancellation point, and a thread cancelled there would never
 * release the lock. Caller holds the lock. */
static pid_t wait_for(pid_t wanted, int threads, int *status)
{
    INVARIANT(I2, lock_is_held());
    pid_t pid = (pid_t)syscall(SYS_wait4, wanted, status, WNOHANG | __WALL | threads, NULL);
    if (pid == -1 && is_impossible(errno, wanted, threads))
        return wait_by_waitid(wanted, threads, status);
    return pid;
}

/* I6: tells every thread that may have to let a child go. A thread that sleeps in sigwaitinfo, or
 * has a handler, is sent a SIGCHLD; one that awaits a promise is woken by the promise; any other
 * looks when it next takes the lock. The first thread is the tracer of orphans, and of children
 * whose thread has ended. Caller holds the lock. Any thread and signal handlers; allocates nothing.
 */
static void tell_tracers(void)
{
    pid_t self = getpid(), told = self;
    syscall(SYS_tgkill, self, self, SIGCHLD);
    for (struct promise *child = registry_next(NULL); child != NULL; child = registry_next(child)) {
        promise_wake(child);
        if (child->spawner != told && child->spawner != 0)
            syscall(SYS_tgkill, self, told = child->spawner, SIGCHLD);
    }
}

/* I6: lets go the stopped children whose tracer this thread is; the others stay noted. Caller holds
 * the lock. Any thread and signal handlers; allocates nothing. */
static void let_go_noted(void)
{
    bool left = tracees_let_go_strays();
    for (struct promise *child = registry_next(NULL); child != NULL; child = registry_next(child)) {
        child->stopped = child->stopped && !tracees_let_go(child->pid);
        left |= child->stopped;
    }
    atomic_store(&need_let_go, left);
}

/* I6: notes a stop that this thread cannot undo. Always true. Caller holds the lock. */
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

/* False for a stop and for a continuation, which waitid(2) and wait4(2) report too. */
static bool is_end(int status)
{
    return WIFEXITED(status) || WIFSIGNALED(status);
}

/* What one reaping was told by wait4(2). */
struct reports {
    int count;
    bool stop_noted;
};

/* I2: an end removes the pid from the registry, a stop does not. Caller holds the lock. */
static void handle_report(pid_t pid, int status, struct reports *reports)
{
    reports->count++;
    if (is_end(status))
        resolve_or_drop_orphan(pid, status);
    else
        reports->stop_noted |= !tracees_let_go(pid) && note_stop(pid);
}

/* Tells the tracers once for all reports, because that walks through the registry. Caller holds the
 * lock. */
static void finish_reaping(const struct reports *reports)
{
    if (reports->stop_noted)
        tell_tracers();
    if (reports->count == REPORTS_AT_A_TIME)
        kill(getpid(), SIGCHLD); /* there may be more: the signal loop comes back to them */
}

/* For assertions, I4: the reaping that goes on has cleared need_wait. */
static bool is_cleared;

/*
 * Reaps until nothing is left: true; or until it has handled as many reports as one reaping may:
 * false. Caller holds the lock. Any thread and signal handlers; allocates nothing.
 *
 * The answers of wait4 and their meaning:
 *
 *   - a pid: a child is reaped, or has stopped. SIGCHLDs coalesce, so there may be more: continue.
 *   - 0: there are children, and none has ended. Done: the next end sets the flag again.
 *   - ECHILD: there are no children. Done.
 *   - any other error: impossible, so waitid has been asked. If that fails too, done: PID 1 must
 *     not ask for ever.
 */
static bool reap_among(int threads)
{
    INVARIANT(I4, is_cleared || threads == OF_THIS_THREAD);
    struct reports reports = {0};
    int status;
    pid_t pid;
    while (reports.count < REPORTS_AT_A_TIME && (pid = wait_for(ANY_CHILD, threads, &status)) > 0)
        handle_report(pid, status, &reports);
    finish_reaping(&reports);
    return reports.count < REPORTS_AT_A_TIME;
}

/* Reaps one child, if it has ended. True if wait4 has reported its end or a stop. Caller holds the
 * lock. Any thread and signal handlers; allocates nothing. */
static bool reap_one(pid_t pid)
{
    int status;
    struct reports reports = {0};
    if (wait_for(pid, OF_ALL_THREADS, &status) == pid)
        handle_report(pid, status, &reports);
    finish_reaping(&reports);
    return reports.count > 0;
}

/* Caller holds the lock. Any thread and signal handlers; allocates nothing. */
static void reap_registered(void)
{
    for (struct promise *child = registry_next(NULL), *next; child != NULL; child = next) {
        next = registry_next(child);
        reap_one(child->pid);
    }
}

/* Reaps all that can be reaped. If there are too many reports, the registered children are asked
 * for one by one: the kernel reports a thread's own children first (do_wait() in kernel/exit.c), so
 * orphans of the first thread without end would hide the children of other threads. Caller holds
 * the lock. Any thread and signal handlers; allocates nothing. */
static void reap(void)
{
    atomic_store(&need_wait, false); /* I4: before waitpid, never after */
    IN_DEBUG_BUILD(is_cleared = true);
    if (!reap_among(OF_ALL_THREADS))
        reap_registered();
    IN_DEBUG_BUILD(is_cleared = false);
}

/* True if a child with this pid and this pidfd is registered. The pid alone does not tell: it may
 * be a later child's by now, which has another pidfd, or none. Caller holds the lock. */
static bool is_registered(pid_t pid, int pidfd)
{
    const struct promise *child = *registry_find(pid);
    return child != NULL && child->pidfd == pidfd;
}

/* Reaps the child if it has ended. True if it is reaped, by this call or before it. Caller holds
 * the lock. Signal loop. */
static bool reap_if_ended(pid_t pid, int pidfd)
{
    if (is_registered(pid, pidfd))
        reap_one(pid);
    return !is_registered(pid, pidfd);
}

/* Gives a pidfd to each child that was started since the last call, unless it is gone. False if one
 * cannot have a pidfd. Caller holds the lock. Signal loop; allocates nothing. */
static bool list_noted(void)
{
    for (pid_t pid; (pid = pidfds_take_noted()) != NO_PID;)
        if (!reap_if_ended(pid, NO_PIDFD) && !pidfds_add(*registry_find(pid)))
            return false;
    return true;
}

/* Gives a pidfd to some of the children that have none. False if one cannot have a pidfd. Caller
 * holds the lock. Signal loop; allocates nothing. */
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

/* Brings the list of pidfds up to date, or ends it if a child cannot have a pidfd. Caller holds the
 * lock. Signal loop; allocates nothing. */
static void update_list(void)
{
    if (pidfds_are_complete() ? list_noted() : list_some())
        return;
    for (struct promise *child = registry_next(NULL); child != NULL; child = registry_next(child))
        pidfds_remove(child);
    pidfds_end();
}

/*
 * After a SIGCHLD from this pid, when the children on the list are reaped: reaps those of this
 * thread, which is the first one, so that orphans are its children (find_new_reaper() in
 * kernel/exit.c). If wait4 still has a report of this pid, the process has stopped, or it is a
 * sibling that a child of ours made (clone(2), CLONE_PARENT), and there may be more: then all
 * children are searched. A stop or a sibling whose SIGCHLD coalesced with another stays. need_wait
 * is left alone: the thread that set it expects a search of all children (I4, I5). Caller holds the
 * lock. Signal loop; allocates nothing.
 */
static void reap_unlisted(pid_t sender)
{
    reap_among(OF_THIS_THREAD);
    if (reap_one(sender))
        reap();
}

/* Reaps the children that the list of pidfds names; then the others: all of them if the list is not
 * complete or SIGCHLD came from no pid. Caller holds the lock. Signal loop; allocates nothing. */
static void reap_by_list(pid_t sender)
{
    bool all = sender <= 0 || !pidfds_are_complete();
    pidfds_reap(reap_if_ended);
    if (all)
        reap();
    update_list();
    if (!all)
        reap_unlisted(sender);
}

/* I5: the thread that unlocks reads the flag again. Releases the lock, and reaps as long as the
 * flag is set and no other thread has taken the lock since: that thread re-reads the flag in turn.
 * I6: before that it lets go the children that it can, and afterwards it tells the threads that
 * found the lock taken. I2 holds when the lock is free. Caller holds the lock. Any thread and
 * signal handlers; allocates nothing. */
static void unlock(void)
{
    if (atomic_load(&need_let_go))
        let_go_noted();
    INVARIANT(I2, registry_is_sound());
    lock_drop();
    while ((atomic_load(&need_wait) || atomic_load(&need_tell)) && lock_try()) {
        reap();
        if (atomic_exchange(&need_tell, false) && atomic_load(&need_let_go))
            tell_tracers();
        INVARIANT(I2, registry_is_sound());
        lock_drop();
    }
}

/* I5: tries the lock, never waits for it. I6: if a stop is noted it tries again after it has set
 * need_tell, because the holder may have read need_tell before. */
void children_sigchld(void)
{
    int saved = errno;
    IN_DEBUG_BUILD(lock_enter_signal_context());
    atomic_store(&need_wait, true);
    bool taken = lock_try();
    if (!taken && atomic_load(&need_let_go)) {
        atomic_store(&need_tell, true);
        taken = lock_try();
    }
    if (taken) {
        reap();
        unlock();
    } /* else the unlocker re-reads need_wait, and reaps for us */
    IN_DEBUG_BUILD(lock_leave_signal_context());
    errno = saved;
}

/* For wait4(2) a pid of 0 or less is a group; here it means that SIGCHLD came from no pid. */
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

/* The SIGCHLD is for the first thread, which runs the signal loop: it then lists the children. */
void children_use_pidfds(void)
{
    lock_take();
    pidfds_begin();
    unlock();
    syscall(SYS_tgkill, getpid(), getpid(), SIGCHLD);
}

/* I2: the child exists and is not reaped, and the lock has been held since that was known. The
 * spawner is the thread that forked the child, or 0. Caller holds the lock. */
static void register_child(struct promise *child, pid_t pid, pid_t spawner)
{
    promise_make(child, pid, spawner);
    registry_add(child);
    pidfds_note(pid);
}

/* I2: the lock is held over fork and registration, so that the child cannot be reaped between them.
 */
int children_spawn(struct promise *child, children_start *start, void *context)
{
    lock_take();
    pid_t pid = start(context);
    if (pid > 0)
        register_child(child, pid, gettid());
    else
        promise_void(child);
    unlock();
    if (pid > 0)
        return 0;
    return pid < 0 ? -pid : EINVAL;
}

/* True for a child that is not reaped, whether it has ended or not. I2: no other thread can reap it
 * before it is registered, as that takes the lock. The raw call, as in wait_for(). Caller holds the
 * lock. */
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
        register_child(child, pid, 0);
        error = 0;
    }
    unlock();
    return error;
}

/* The target of kill(2). I3: both numbers are the child's own: a process group only if the child
 * leads it, which may be not yet, or never. Caller holds the lock. */
static pid_t target(const struct promise *child, enum children_reach reach)
{
    return reach == REACH_GROUP && getpgid(child->pid) == child->pid ? -child->pid : child->pid;
}

int children_signal(struct promise *child, int signal, enum children_reach reach)
{
    lock_take();
    int error = ESRCH;
    if (promise_is_pending(child)) { /* I3 */
        INVARIANT(I3, *registry_find(child->pid) == child);
        error = kill(target(child, reach), signal) == 0 ? 0 : errno;
    }
    unlock();
    return error;
}

/* A signal that cannot be queued is sent without its value, as kill(1) sends it. */
int children_queue(struct promise *child, int signal, siginfo_t *info)
{
    lock_take();
    int error = ESRCH;
    if (promise_is_pending(child)) { /* I3 */
        INVARIANT(I3, *registry_find(child->pid) == child);
        bool queued = syscall(SYS_rt_sigqueueinfo, child->pid, signal, info) == 0;
        error = queued || kill(child->pid, signal) == 0 ? 0 : errno;
    }
    unlock();
    return error;
}

void children_watch_orphans(void (*watch)(pid_t pid, int status))
{
    orphan_watch = watch;
}
