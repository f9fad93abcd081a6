/*
 * pidfds.c - see pidfds.h. All system calls are raw, as in wait_for() in children.c: some of the
 * libc's functions are cancellation points, and some are not known to be async-signal-safe.
 *
 * The epoll set names an ended child for as long as its pidfd is in the set: also one that wait4
 * does not report yet, because a debugger has it, and one that another thread has reaped. A pidfd
 * is removed from the set before it is closed. Closing alone removes it only if there is no copy of
 * the descriptor, and a child that was forked meanwhile may have one; then the set would name it
 * again, and its number, which is another file's by now, would be closed a second time.
 *
 * The descriptor table is made large enough at the beginning: a table that threads share is
 * enlarged only after an RCU grace period, some milliseconds (expand_fdtable() in fs/file.c).
 */
#include "pidfds.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "invariant.h"
#include "lock.h"
#include "promise.h"

enum {
    NO_DESCRIPTOR = -1,
    MANY = 200,       /* children; with fewer a search is cheaper than a list */
    NUMBERS_EACH = 4, /* descriptors: two for a child, two for the rest of the program */
    EVENTS = 8,       /* that the kernel reports in one call */
    NOTED_MOST = 32,  /* with more children started at once, all are searched once */
    PID_SHIFT = 32,   /* of an event's number: above it the pid, below it the pidfd */
};

static int set = NO_DESCRIPTOR; /* an epoll set for the list; NO_DESCRIPTOR: no room for a list */
static bool begun;
static bool complete; /* each registered child is in the set or noted */
static pid_t noted[NOTED_MOST];
static int noted_count;

static void close_descriptor(int fd)
{
    syscall(SYS_close, fd);
}

/* The kernel enlarges the table for the copy with the high number, and refuses a number above the
 * limit, fcntl(2). There is one thread, so no lock is needed. */
bool children_expect(unsigned count)
{
    if (count < MANY)
        return false;
    int room = (int)syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
    int last = (int)syscall(SYS_fcntl, room, F_DUPFD_CLOEXEC, count * NUMBERS_EACH);
    close_descriptor(last != NO_DESCRIPTOR ? last : room);
    set = last != NO_DESCRIPTOR ? room : NO_DESCRIPTOR;
    return set != NO_DESCRIPTOR;
}

void pidfds_begin(void)
{
    INVARIANT(I1, lock_is_held());
    begun = set != NO_DESCRIPTOR;
}

bool pidfds_are_used(void)
{
    return begun;
}

bool pidfds_are_complete(void)
{
    return begun && complete;
}

void pidfds_complete(void)
{
    complete = true;
    noted_count = 0;
}

void pidfds_note(pid_t pid)
{
    INVARIANT(I1, lock_is_held());
    if (!begun)
        return;
    if (noted_count < NOTED_MOST)
        noted[noted_count++] = pid;
    else
        complete = false;
}

pid_t pidfds_take_noted(void)
{
    return noted_count > 0 ? noted[--noted_count] : NO_PID;
}

bool pidfds_add(struct promise *child)
{
    INVARIANT(I1, lock_is_held());
    int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    struct epoll_event end = {.events = EPOLLIN,
                              .data.u64 = (uint64_t)child->pid << PID_SHIFT | (uint32_t)pidfd};
    if (pidfd == NO_DESCRIPTOR)
        return false;
    if (syscall(SYS_epoll_ctl, set, EPOLL_CTL_ADD, pidfd, &end) == -1) {
        close_descriptor(pidfd);
        return false;
    }
    child->pidfd = pidfd;
    return true;
}

/* Removes a pidfd from the set and closes it. False if it is not in the set: then the number is
 * another file's. */
static bool remove_pidfd(int pidfd)
{
    if (syscall(SYS_epoll_ctl, set, EPOLL_CTL_DEL, pidfd, NULL) == -1)
        return false;
    close_descriptor(pidfd);
    return true;
}

void pidfds_remove(struct promise *child)
{
    if (child->pidfd != NO_PIDFD)
        remove_pidfd(child->pidfd);
    child->pidfd = NO_PIDFD;
}

static bool any_is_reaped(pid_t pid, int pidfd)
{
    (void)pid, (void)pidfd;
    return true;
}

/* The pidfds that are left in the set are those of children that other threads have reaped. */
void pidfds_end(void)
{
    pidfds_reap(any_is_reaped);
    close_descriptor(set);
    set = NO_DESCRIPTOR;
    begun = complete = false;
    noted_count = 0;
}

/* epoll_pwait(2) gets no mask, so the kernel does not read the size of one: set_user_sigmask() in
 * kernel/signal.c. */
void pidfds_reap(bool (*is_reaped)(pid_t pid, int pidfd))
{
    INVARIANT(I1, lock_is_held());
    struct epoll_event ended[EVENTS];
    int count;
    bool progress;
    do {
        progress = false;
        count = (int)syscall(SYS_epoll_pwait, set, ended, EVENTS, 0, NULL, 0);
        for (int i = 0; i < count; i++) {
            pid_t pid = (pid_t)(ended[i].data.u64 >> PID_SHIFT);
            int pidfd = (int)(uint32_t)ended[i].data.u64;
            progress |= is_reaped(pid, pidfd) && remove_pidfd(pidfd);
        }
    } while (progress && count == EVENTS);
}
