/*
 * listening.c - see listening.h.
 *
 * bind(2) makes the file with the ids of the calling process, whichever process has opened the
 * socket. So a child with the user's ids can bind foster's socket, and has nothing to pass back.
 *
 * A socket file stays when the process that listened on it has ended, and bind(2) fails then. So
 * foster connects to it: ECONNREFUSED means that no process listens. That is the error for a
 * regular file as well, which is never removed.
 */
#include "process/listening.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"
#include "process/attributes.h"
#include "process/brief_child.h"
#include "process/trusted_path.h"
#include "process/user.h"

/* The kernel lowers it to net.core.somaxconn, listen(2). SOMAXCONN of a libc may be less than
 * that. */
enum { BACKLOG = INT_MAX };

static int open_socket(const struct address *address, int flags)
{
    return socket(address->to.any.sa_family, address->type | SOCK_CLOEXEC | flags, 0);
}

/* IPV6_V6ONLY off: "[::]" is every address of both families, whatever the system's default is
 * (ipv6(7)). SO_REUSEADDR: an address can be bound while the kernel still keeps connections of an
 * earlier run that are closed; not for UDP, where two sockets could then have one address
 * (socket(7)). */
static void set_options(int fd, const struct address *address)
{
    static const int on = 1, off = 0;
    int family = address->to.any.sa_family;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (family != AF_UNIX && address->type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

/* The path of a socket that is a file; else NULL. */
static const char *path_of(const struct address *address)
{
    const char *path = address->to.local.sun_path;
    return address->to.any.sa_family == AF_UNIX && *path != '\0' ? path : NULL;
}

/* Removes a socket file on which no process listens. True if it was one. */
static bool remove_stale(const struct address *address)
{
    const char *path = path_of(address);
    struct stat status;
    if (path == NULL || lstat(path, &status) == -1 || !S_ISSOCK(status.st_mode))
        return false;
    int fd = open_socket(address, SOCK_NONBLOCK);
    bool stale =
        fd != -1 && connect(fd, &address->to.any, address->length) == -1 && errno == ECONNREFUSED;
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

enum { ALL_MAY = S_IRWXU | S_IRWXG | S_IRWXO };

/* The longest time that foster waits for the child: the file system of a path that other users
 * control may not answer. */
enum { LOOK_MOST_MS = 100 };

/* An operation on an address, by foster or by a child with the user's ids. */
struct task {
    int (*act)(const struct task *task); /* 0 or an error number */
    int fd;
    const struct address *address;
    const char *path;        /* of a socket that is a file, else NULL */
    const struct user *user; /* NULL: foster's ids */
    mode_t mode;
    bool by_root; /* foster has done it itself, as root alone controls the path */
};

static int act_as_user(void *context)
{
    const struct task *task = context;
    int error = task->user != NULL ? attributes_set_ids(task->user, false) : 0;
    return error != 0 ? error : task->act(task);
}

static int act_on(struct task *task)
{
    task->by_root = task->path == NULL || trusted_path_check(task->path);
    return task->by_root ? task->act(task) : brief_child_run(act_as_user, task, NULL, LOOK_MOST_MS);
}

/* The umask belongs to the process, but no other thread creates files. */
static int bind_with_mode(const struct task *task)
{
    mode_t mask = umask(ALL_MAY & ~task->mode);
    int error = bind_to(task->fd, task->address);
    umask(mask);
    return error;
}

static int look(const struct task *task)
{
    return access(task->path, F_OK) == -1 ? errno : 0;
}

int listening_open(const struct address *address, const struct user *user, mode_t mode)
{
    int fd = open_socket(address, 0);
    if (fd == -1)
        return -errno;
    set_options(fd, address);
    struct task task = {bind_with_mode, fd, address, path_of(address), user, mode, false};
    int error = act_on(&task);
    if (error == 0 && task.by_root && user != NULL && task.path != NULL &&
        lchown(task.path, user->uid, user->gid) == -1)
        error = errno;
    if (error == 0 && address->type == SOCK_STREAM && listen(fd, BACKLOG) == -1)
        error = errno;
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

static bool has_lost_file(const struct address *address, const struct user *user)
{
    struct task task = {.act = look, .path = path_of(address), .user = user};
    return task.path != NULL && act_on(&task) == ENOENT;
}

/* After shutdown(2) a TCP socket does not listen any more, and poll(2) reports the end of any other
 * socket. */
bool listening_is_intact(int fd, const struct address *address, const struct user *user)
{
    struct pollfd end = {.fd = fd, .events = POLLRDHUP};
    struct sockaddr peer;
    int listens;
    socklen_t length = sizeof listens, peer_length = sizeof peer;
    return poll(&end, 1, 0) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 &&
           listens == (address->type == SOCK_STREAM) &&
           getpeername(fd, &peer, &peer_length) == -1 && !has_lost_file(address, user);
}
