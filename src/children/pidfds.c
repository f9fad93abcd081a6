/*
 * pidfds.c - see pidfds.h. All calls are raw, as in reap(): of the libc's some are cancellation points, and some are
 * not known to be async-signal-safe.
 *
 * The set names a dead child for as long as its pidfd is open, so one that wait4 does not hand out yet, because a
 * debugger has it, is named again and again.
 *
 * The pidfds have high numbers. Who shares its descriptors with a child that it starts, and leaves out those that lie
 * high, has not to copy them; and the low ones are for the rest of the program. The table is made large enough at the
 * beginning: one that threads share is enlarged only after an RCU grace period, some milliseconds (expand_fdtable() in
 * fs/file.c).
 */
#include "pidfds.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    NONE = -1,
    MANY = 200,             /* children; among fewer a search is cheaper than a list */
    NUMBERS_EACH = 4,       /* for a child, one beside it, and as many for the rest of the program */
    AT_A_TIME = 8,          /* that the kernel names in one call */
    KERNEL_SIGSET_SIZE = 8, /* in bytes: epoll_pwait(2) wants it said, also of no mask */
};

static int set = NONE; /* room for it is reserved, if there is one */
static bool begun;
static unsigned first_number; /* of the pidfds */

static void drop(int fd)
{
    syscall(SYS_close, fd);
}

static int copy_above(int fd, unsigned number)
{
    return (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, number);
}

static void end(void)
{
    drop(set);
    set = NONE;
    begun = false;
}

/* A number above the limit is refused, fcntl(2); a lower one makes the table that large. There is one thread, and needs
 * no lock. */
void children_expect(unsigned count)
{
    if (count < MANY)
        return;
    int room = (int)syscall(SYS_epoll_create1, EPOLL_CLOEXEC), last = copy_above(room, count * NUMBERS_EACH);
    drop(last != NONE ? last : room);
    set = last != NONE ? room : NONE;
    first_number = count;
}

void pidfds_begin(void)
{
    begun = set != NONE;
}

bool pidfds_are_used(void)
{
    return begun;
}

static int open_pidfd(pid_t pid)
{
    int low = (int)syscall(SYS_pidfd_open, pid, 0);
    if (low == NONE)
        return NONE;
    int high = copy_above(low, first_number);
    drop(low);
    return high;
}

void pidfds_add(struct promise *child)
{
    if (!begun || child->pidfd != NONE)
        return;
    struct epoll_event death = {.events = EPOLLIN, .data.fd = child->pid};
    child->pidfd = open_pidfd(child->pid);
    if (child->pidfd == NONE || syscall(SYS_epoll_ctl, set, EPOLL_CTL_ADD, child->pidfd, &death) == -1)
        end();
}

void pidfds_remove(const struct promise *child)
{
    if (child->pidfd != NONE)
        drop(child->pidfd);
}

void pidfds_reap(bool (*reap)(pid_t pid))
{
    struct epoll_event dead[AT_A_TIME];
    int count;
    bool reaped;
    do {
        reaped = false;
        count = (int)syscall(SYS_epoll_pwait, set, dead, AT_A_TIME, 0, NULL, KERNEL_SIGSET_SIZE);
        for (int i = 0; i < count; i++)
            reaped |= reap(dead[i].data.fd);
    } while (reaped && count == AT_A_TIME);
}
