/* descriptors.c - see descriptors.h. */
#include "process/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/directory.h"
#include "base/proc_path.h"
#include "base/text.h"

/* One pass over /proc/self/fd: closes the descriptors that it lists, except its own. Returns how
 * many it closed. */
static int close_named(struct directory *directory, int first)
{
    int closed = 0;
    const char *name;
    long fd;
    while ((name = directory_next(directory)) != NULL)
        if (text_to_number(name, first, INT_MAX, &fd) && fd != directory->fd)
            closed += close((int)fd) == 0;
    return closed;
}

/* Repeats until a pass closes none: a list that changes while it is read may leave entries out. */
static bool close_listed(int first)
{
    struct directory directory;
    if (!directory_open(&directory, PROC_SELF_FD))
        return false;
    while (close_named(&directory, first) > 0)
        directory_seek(&directory, 0);
    directory_close(&directory);
    return true;
}

/* The lowest number that no descriptor can have, or 65,536: with an unlimited RLIMIT_NOFILE it
 * would take seconds to try all. */
static int end_of_numbers(void)
{
    enum { MANY = 65536 };
    struct rlimit limit;
    return (int)(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MANY ? limit.rlim_cur
                                                                                : MANY);
}

static void close_numbered(int first)
{
    for (int fd = first, end = end_of_numbers(); fd < end; fd++)
        close(fd);
}

void descriptors_close_from(int first)
{
    if (syscall(SYS_close_range, first, ~0U, 0) == -1 && !close_listed(first))
        close_numbered(first);
}

/* CLOSE_RANGE_UNSHARE is in linux/close_range.h, which musl does not have. The range closes
 * nothing: no descriptor has the number ~0U. */
bool descriptors_unshare(void)
{
    enum { UNSHARE = 1 << 1 };
    return syscall(SYS_close_range, ~0U, ~0U, UNSHARE) == 0 ||
           syscall(SYS_unshare, CLONE_FILES) == 0;
}

struct list {
    int *fds;
    size_t count;
};

static void set_close_on_exec(struct list *list, int fd)
{
    int flags = fcntl(fd, F_GETFD);
    if (flags == -1 || (flags & FD_CLOEXEC) != 0)
        return;
    descriptor_close_on_exec(fd);
    list->fds = arena_grow(list->fds, list->count, sizeof *list->fds);
    list->fds[list->count++] = fd;
}

int *descriptors_close_on_exec_from(int first, size_t *count)
{
    struct directory directory;
    struct list list = {NULL, 0};
    const char *name;
    long fd;
    if (directory_open(&directory, PROC_SELF_FD)) {
        while ((name = directory_next(&directory)) != NULL)
            if (text_to_number(name, first, INT_MAX, &fd))
                set_close_on_exec(&list, (int)fd);
        directory_close(&directory);
    } else {
        for (int number = first, end = end_of_numbers(); number < end; number++)
            set_close_on_exec(&list, number);
    }
    *count = list.count;
    return list.fds;
}

bool descriptor_is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

int descriptor_close_on_exec(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int descriptor_set_flags(int fd, int flags)
{
    return fcntl(fd, F_SETFL, flags);
}

int descriptor_copy(int fd, int least)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, least);
}

int descriptor_put(int fd, int number)
{
    long done = fd == number ? fcntl(fd, F_SETFD, 0) : syscall(SYS_dup3, fd, number, 0);
    return done == -1 ? errno : 0;
}
