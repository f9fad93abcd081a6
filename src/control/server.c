/*
 * server.c - see server.h.
 *
 * A listening socket that is ready, and from which no connection can be accepted (no descriptors,
 * or too many that take long to close), would be reported again and again. So it is not watched for
 * a second then.
 */
#include "control/server.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "control/connections.h"
#include "control/turns.h"
#include "process/listening.h"
#include "supervise/async_close.h"
#include "supervise/event_loop.h"

enum { ACCEPT_AGAIN_MS = 1000, KEPT_FOR_SERVICES = 12 /* descriptors */ };

static const char *socket_path;
static struct stat socket_file; /* of the socket that was bound at the path */
static struct source listener;
static milliseconds accept_again =
    NEVER; /* when to watch the listener again; NEVER: it is watched */

/* ---- accepting ---- */

static bool is_allowed(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static void serve_client(int fd)
{
    if (is_allowed(fd)) {
        connections_add(fd);
        return;
    }
    log_line(LOG_DEBUG, "refused foster ctl of another user");
    connections_refuse(
        fd, "125\nfoster: only root and the user that foster runs as may use foster ctl\n");
}

/* How many connections there may be, so that starts and probes have descriptors left. The
 * descriptors that foster has open for good have lower numbers than its listener. */
static unsigned connections_permitted(void)
{
    struct rlimit limit;
    rlim_t kept = (rlim_t)listener.fd + KEPT_FOR_SERVICES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= kept + CONNECTIONS_MAX)
        return CONNECTIONS_MAX;
    return limit.rlim_cur > kept ? (unsigned)(limit.rlim_cur - kept) : 1;
}

/* After accept4(2) has failed by this error, or was not called (0) because no connection could be
 * closed. Without descriptors a client is ended; otherwise the listener rests, and the first time
 * that is logged. */
static void rest(int error)
{
    static bool is_logged;
    if ((error == EMFILE || error == ENFILE) && connections_end_one())
        return;
    if (error != 0 && !is_logged)
        log_line(LOG_WARNING, "cannot accept foster ctl: %s", strerror(error));
    is_logged |= error != 0;
    event_loop_forget(&listener);
    accept_again = clock_now() + ACCEPT_AGAIN_MS;
}

static void listener_ready(struct source *source, uint32_t events)
{
    async_close_retry();
    bool has_room = async_close_has_room();
    int fd = has_room ? accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;
    (void)events;
    if (fd != -1) {
        if (connections_count() >= connections_permitted())
            connections_end_one();
        serve_client(fd);
    } else if (!has_room || (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)) {
        rest(has_room ? errno : 0);
    } else {
        event_loop_yield();
    }
}

/* ---- the supervisor's side ---- */

bool server_address(const char *path, struct address *address)
{
    struct text text;
    text_clear(&text);
    text_add(&text, "unix:%s", path);
    errno = EINVAL;
    return address_parse(text.bytes, address);
}

bool server_open(const char *path, const struct plan *plan)
{
    struct address address;
    if (!server_address(path, &address))
        return false;
    int fd = listening_open(&address, NULL, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        errno = -fd;
        return false;
    }
    if (path[0] == '/' && lstat(path, &socket_file) == 0)
        socket_path = path;
    connections_begin();
    turns_begin(plan);
    listener = (struct source){fd, listener_ready};
    return ioctl(fd, FIONBIO, &(int){1}) == 0 && event_loop_watch(&listener, EPOLLIN);
}

void server_look(void)
{
    milliseconds now = clock_now();
    if (now >= accept_again)
        accept_again = event_loop_watch(&listener, EPOLLIN) ? NEVER : now + ACCEPT_AGAIN_MS;
    turns_look();
    connections_look();
}

milliseconds server_due(void)
{
    return clock_earlier(accept_again, clock_earlier(turns_due(), connections_due()));
}

void server_close(void)
{
    struct stat file;
    if (socket_path != NULL && lstat(socket_path, &file) == 0 &&
        file.st_dev == socket_file.st_dev && file.st_ino == socket_file.st_ino)
        unlink(socket_path);
}
