/*
 * pidfds.c - see pidfds.h. All calls are raw, as in reap(): of the libc's some are cancellation
 * points, and some are not known to be async-signal-safe.
 *
 * The set names a dead child for as long as its pidfd is in it: one that wait4 does not hand out
 * yet, because a debugger has it, and one that another thread has reaped, are named again and
 * again. A pidfd is taken out of the set before it is closed. For closing takes it out only if
 * nobody has a copy, as a child that was forked meanwhile may have; and then the number, by now
 * another's, would be closed a second time.
 *
 * The table is made large enough at the beginning: one that threads share is enlarged only after an
 * RCU grace period, some milliseconds (expand_fdtable() in fs/file.c).
 */
#include "pidfds.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    NONE = -1,
    NOBODY = 0,
    MANY = 200,       /* children; among fewer a search is cheaper than a list */
    NUMBERS_EACH = 4, /* for a child, one beside it, and as many for the rest of the program */
    AT_A_TIME = 8,    /* that the kernel names in one call */
    NOTED_MOST =
        32, /* started between two deaths; if there are more, all are searched once, and listed */
    KERNEL_SIGSET_SIZE = 8, /* in bytes: epoll_pwait(2) wants it said, also of no mask */
    HIGH_HALF = 32,         /* of an event's number: there the pid, in the low half the pidfd */
};

static int set = NONE; /* room for it is reserved, if there is one */
static bool begun;
static bool complete; /* all are listed or noted */
static pid_t noted[NOTED_MOST];
static int noted_count;

static void drop(int fd)
{
    syscall(SYS_close, fd);
}

/* A number above the limit is refused, fcntl(2); a lower one makes the table that large. There is
 * one thread, and needs no lock. */
bool children_expect(unsigned count)
{
    if (count < MANY)
        return false;
    int room = (int)syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
    int last = (int)syscall(SYS_fcntl, room, F_DUPFD_CLOEXEC, count * NUMBERS_EACH);
    drop(last != NONE ? last : room);
    set = last != NONE ? room : NONE;
    return set != NONE;
}

void pidfds_begin(void)
{
    begun = set != NONE;
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
    if (!begun)
        return;
    if (noted_count < NOTED_MOST)
        noted[noted_count++] = pid;
    else
        complete = false;
}

pid_t pidfds_take_noted(void)
{
    return noted_count > 0 ? noted[--noted_count] : NOBODY;
}

bool pidfds_add(struct promise *child)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    struct epoll_event death = {.events = EPOLLIN,
                                .data.u64 = (uint64_t)child->pid << HIGH_HALF | (uint32_t)pidfd};
    if (pidfd == NONE)
        return false;
    if (syscall(SYS_epoll_ctl, set, EPOLL_CTL_ADD, pidfd, &death) == -1) {
        drop(pidfd);
        return false;
    }
    child->pidfd = pidfd;
    return true;
}

/* False if it is not in the set: then the number is another's. */
static bool take_out(int pidfd)
{
    if (syscall(SYS_epoll_ctl, set, EPOLL_CTL_DEL, pidfd, NULL) == -1)
        return false;
    drop(pidfd);
    return true;
}

void pidfds_remove(struct promise *child)
{
    if (child->pidfd != NONE)
        take_out(child->pidfd);
    child->pidfd = NONE;
}

static bool is_anybody(pid_t pid, int pidfd)
{
    (void)pid, (void)pidfd;
    return true;
}

/* What is left in it is of those whom others have reaped. */
void pidfds_end(void)
{
    pidfds_reap(is_anybody);
    drop(set);
    set = NONE;
    begun = complete = false;
    noted_count = 0;
}

void pidfds_reap(bool (*is_gone)(pid_t pid, int pidfd))
{
    struct epoll_event dead[AT_A_TIME];
    int count;
    bool progress;
    do {
        progress = false;
        count = (int)syscall(SYS_epoll_pwait, set, dead, AT_A_TIME, 0, NULL, KERNEL_SIGSET_SIZE);
        for (int i = 0; i < count; i++) {
            pid_t pid = (pid_t)(dead[i].data.u64 >> HIGH_HALF);
            int pidfd = (int)(uint32_t)dead[i].data.u64;
            progress |= is_gone(pid, pidfd) && take_out(pidfd);
        }
    } while (progress && count == AT_A_TIME);
}
