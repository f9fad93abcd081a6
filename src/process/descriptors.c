/* descriptors.c - see descriptors.h. */
#include "process/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/text.h"

enum { UNSHARE = 2 }; /* CLOSE_RANGE_UNSHARE of linux/close_range.h, which musl comes without */

/* One pass over the directory: closes what it names, except itself; the number of those closed. */
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

/* Until a pass finds none left: the directory changes under our hands. */
static bool close_listed(int first)
{
    struct directory directory;
    if (!directory_open(&directory, "/proc/self/fd"))
        return false;
    while (close_named(&directory, first) > 0)
        directory_rewind(&directory);
    directory_close(&directory);
    return true;
}

static void close_numbered(int first)
{
    enum { MANY = 65536 }; /* more would take seconds under an unlimited RLIMIT_NOFILE */
    struct rlimit limit;
    rlim_t last = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MANY ? limit.rlim_cur : MANY;
    for (int fd = first; fd < (int)last; fd++)
        close(fd);
}

void descriptors_close_from(int first)
{
    if (syscall(SYS_close_range, first, ~0U, 0) == -1 && !close_listed(first))
        close_numbered(first);
}

int descriptors_keep_below(int first)
{
    return syscall(SYS_close_range, first, ~0U, UNSHARE) == 0 ? 0 : errno;
}

/* Keeps all, so that there is nothing to part with. */
bool descriptors_can_be_left(void)
{
    return descriptors_keep_below(-1) == 0;
}

int descriptor_set_flags(int fd, int flags)
{
    return (int)syscall(SYS_fcntl, fd, F_SETFL, flags);
}

int descriptor_copy(int fd, int least)
{
    return (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, least);
}
