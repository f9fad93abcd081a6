/*
 * listening.c - see listening.h.
 *
 * bind(2) makes the file for the ids of who calls it, whoever has opened the socket. So the child
 * that takes the user's ids for it need hand nothing back.
 *
 * A socket file outlives whoever listened on it, and bind(2) refuses its name. So it is asked:
 * ECONNREFUSED says that nobody listens. It says so of an ordinary file as well, and that is left
 * alone.
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

/* The kernel takes as many as it is allowed, net.core.somaxconn; a libc's SOMAXCONN may be less,
 * listen(2). */
enum { BACKLOG = INT_MAX };

static int open_socket(const struct address *address, int flags)
{
    return socket(address->to.any.sa_family, address->type | SOCK_CLOEXEC | flags, 0);
}

/* "[::]" is every address of both families, whatever the system's default is (ipv6(7)). An address
 * of TCP may be bound while connections of an earlier run linger; with UDP that would let two
 * listen at once (socket(7)). */
static void set_options(int fd, const struct address *address)
{
    static const int on = 1, off = 0;
    int family = address->to.any.sa_family;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (family != AF_UNIX && address->type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

/* Of a socket that is a file; else NULL. */
static const char *path_of(const struct address *address)
{
    const char *path = address->to.local.sun_path;
    return address->to.any.sa_family == AF_UNIX && *path != '\0' ? path : NULL;
}

/* True if the address was a socket file that nobody listens on, and is free now. */
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

/* While services run nobody waits for a path in a directory that is not root's alone: its file
 * system may be dead. */
enum { LOOK_MOST_MS = 100 };

/* What is done with an address. */
struct task {
    int (*act)(const struct task *task); /* 0 or an error number */
    int fd;
    const struct address *address;
    const char *path;        /* of a socket that is a file, else NULL */
    const struct user *user; /* NULL: foster's own */
    mode_t mode;
    bool by_root; /* root alone says what the path means, so foster has done it itself */
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

/* The umask is the process's; no other thread makes files. */
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

/* After shutdown(2) a socket of TCP no longer listens, and poll(2) tells of the others. */
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
