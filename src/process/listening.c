/*
 * listening.c - see listening.h.
 *
 * bind(2) makes the file for the ids of who calls it, whoever has opened the socket. So the child that takes the user's
 * ids for it need hand nothing back.
 *
 * A socket file outlives whoever listened on it, and bind(2) refuses its name. So it is asked: ECONNREFUSED says that
 * nobody listens. It says so of an ordinary file as well, and that is left alone.
 */
#include "process/listening.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "children/foster.h"
#include "process/attributes.h"
#include "process/trusted_path.h"
#include "process/user.h"
#include "process/wait_status.h"

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

enum { ALL_MAY = S_IRWXU | S_IRWXG | S_IRWXO };

struct binding {
    int fd;
    const struct address *address;
    const struct user *user;
    mode_t mode;
    int error;
};

/* The umask is the process's; no other thread makes files. */
static int bind_with_mode(const struct binding *binding)
{
    mode_t mask = umask(ALL_MAY & ~binding->mode);
    int error = bind_to(binding->fd, binding->address);
    umask(mask);
    return error;
}

static _Noreturn void bind_and_exit(const struct binding *binding)
{
    int error = attributes_set_ids(binding->user, false);
    _exit(error != 0 ? error : bind_with_mode(binding));
}

/* Under the children's lock, as nobody else is to reap this child; whom its user may not stop. */
static pid_t bind_by_child(void *context)
{
    struct binding *binding = context;
    int status = 0;
    pid_t child = _Fork();
    if (child == 0)
        bind_and_exit(binding);
    binding->error = errno;
    if (child == -1)
        return -ECHILD;
    while (waitpid(child, &status, 0) == -1 && errno == EINTR)
        ;
    binding->error = wait_status_code(status);
    return -ECHILD;
}

/* Where root alone says what the path means the file can be given away afterwards. */
static int bind_for_user(struct binding *binding)
{
    const char *path = path_of(binding->address);
    struct promise unused;
    if (binding->user == NULL || path == NULL)
        return bind_with_mode(binding);
    if (!path_is_trusted(path)) {
        children_spawn(&unused, bind_by_child, binding);
        return binding->error;
    }
    int error = bind_with_mode(binding);
    return error == 0 && lchown(path, binding->user->uid, binding->user->gid) == -1 ? errno : error;
}

int listening_open(const struct address *address, const struct user *user, mode_t mode)
{
    int fd = open_socket(address, 0);
    if (fd == -1)
        return -errno;
    set_options(fd, address);
    int error = bind_for_user(&(struct binding){.fd = fd, .address = address, .user = user, .mode = mode});
    if (error == 0 && address->type == SOCK_STREAM && listen(fd, BACKLOG) == -1)
        error = errno;
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

static bool has_lost_file(const struct address *address)
{
    const char *path = path_of(address);
    return path != NULL && access(path, F_OK) == -1 && errno == ENOENT;
}

/* After shutdown(2) a socket of TCP no longer listens, and poll(2) tells of the others. */
bool listening_is_whole(int fd, const struct address *address)
{
    struct pollfd end = {.fd = fd, .events = POLLRDHUP};
    struct sockaddr peer;
    int listens;
    socklen_t length = sizeof listens, peer_length = sizeof peer;
    return poll(&end, 1, 0) == 0 && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 &&
           listens == (address->type == SOCK_STREAM) && getpeername(fd, &peer, &peer_length) == -1 &&
           !has_lost_file(address);
}
