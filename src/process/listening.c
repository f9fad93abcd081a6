/*
 * listening.c - see listening.h.
 *
 * A socket file outlives whoever listened on it, and bind(2) refuses its name. So it is asked: ECONNREFUSED says that
 * nobody listens. It says so of an ordinary file as well, and that is left alone.
 */
#include "process/listening.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"

/* The kernel takes as many as it is allowed, net.core.somaxconn; a libc's SOMAXCONN may be less, listen(2). */
enum { BACKLOG = INT_MAX };

static int open_socket(const struct address *address, int flags)
{
    return socket(address->to.any.sa_family, address->type | SOCK_CLOEXEC | flags, 0);
}

/* "[::]" is every address of both families, whatever the system's default is (ipv6(7)). An address of TCP may be bound
 * while connections of an earlier run linger; with UDP that would let two listen at once (socket(7)). */
static void set_options(int fd, const struct address *address)
{
    static const int on = 1, off = 0;
    int family = address->to.any.sa_family;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (family != AF_UNIX && address->type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

/* True if the address was a socket file that nobody listens on, and is free now. */
static bool remove_stale(const struct address *address)
{
    const char *path = address->to.local.sun_path;
    struct stat status;
    if (address->to.any.sa_family != AF_UNIX || lstat(path, &status) == -1 || !S_ISSOCK(status.st_mode))
        return false;
    int fd = open_socket(address, SOCK_NONBLOCK);
    bool stale = fd != -1 && connect(fd, &address->to.any, address->length) == -1 && errno == ECONNREFUSED;
    if (fd != -1)
        close(fd);
    return stale && unlink(path) == 0;
}

/* 0 or an error number. */
static int bind_to(int fd, const struct address *address)
{
    if (bind(fd, &address->to.any, address->length) == 0)
        return 0;
    int error = errno;
    if (error != EADDRINUSE || !remove_stale(address))
        return error;
    return bind(fd, &address->to.any, address->length) == 0 ? 0 : errno;
}

int listening_open(const struct address *address)
{
    int fd = open_socket(address, 0);
    if (fd == -1)
        return -errno;
    set_options(fd, address);
    int error = bind_to(fd, address);
    if (error == 0 && address->type == SOCK_STREAM && listen(fd, BACKLOG) == -1)
        error = errno;
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}
