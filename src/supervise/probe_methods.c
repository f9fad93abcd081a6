/*
 * probe_methods.c - see probe_methods.h.
 *
 * epoll reports a descriptor again as long as it is ready. So a source that has become ready is
 * not watched any more until the check is polled.
 *
 * A path can lead to a file system that does not answer, and every system call on it then blocks.
 * So a short-lived thread makes that call. One that hangs is left alone, and until it is through
 * no other check of that service begins: the service is not ready.
 */
#include "supervise/probe_methods.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/address.h"
#include "base/log.h"
#include "process/thread.h"

static bool watch(struct probe_check *check, uint32_t events)
{
    check->is_watched = event_loop_watch(&check->source, events);
    return check->is_watched;
}

static void unwatch(struct probe_check *check)
{
    if (check->is_watched)
        event_loop_forget(&check->source);
    check->is_watched = false;
}

static void source_is_ready(struct source *source, uint32_t events)
{
    (void)events;
    unwatch((struct probe_check *)source);
}

static void close_source(struct probe_check *check)
{
    unwatch(check);
    if (check->source.fd != -1)
        close(check->source.fd);
    check->source.fd = -1;
}

void probe_methods_prepare(struct probe_check *check)
{
    check->source = (struct source){.fd = -1, .ready = source_is_ready};
}

void probe_methods_end(struct probe_check *check)
{
    close_source(check);
    side_command_kill(&check->command);
}

/* ---- READY_BY_TCP ---- */

/*
 * True if the socket is connected, and not to itself. Where no program listens on a port of the
 * ephemeral range, one connect(2) in thousands is given that very port as its own and connects to
 * itself: tcp(7) calls that a simultaneous open.
 */
static bool has_peer(int fd)
{
    struct sockaddr_storage own = {0}, peer = {0};
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    return getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0 &&
           getsockname(fd, (struct sockaddr *)&own, &own_size) == 0 &&
           memcmp(&own, &peer, sizeof own) != 0;
}

/* The socket becomes ready when it is connected, and when it cannot be: then it has no peer. */
static enum check_result poll_connection(struct probe_check *check, const struct service *service)
{
    (void)service;
    if (check->is_watched)
        return CHECK_PENDING;
    enum check_result result = has_peer(check->source.fd) ? CHECK_PASSED : CHECK_FAILED;
    close_source(check);
    return result;
}

static enum check_result begin_connection(struct probe_check *check, struct service *service,
                                          const char *argument)
{
    (void)argument;
    const struct address *address = service->settings->ready_address;
    int fd = socket(address->to.any.sa_family, address->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return CHECK_FAILED;
    check->source.fd = fd;
    if (connect(fd, &address->to.any, address->length) == -1 && errno == EINPROGRESS)
        watch(check, EPOLLOUT);
    return poll_connection(check, service);
}

/* ---- READY_BY_UNIX, READY_BY_FILE ---- */

enum search { SEARCH_NONE, SEARCH_RUNS, SEARCH_FOUND, SEARCH_FAILED };

/* A peer could send descriptors that take long to close: none is received after SHUT_RD. */
static bool accepts_connection(const struct address *address)
{
    int fd = socket(AF_UNIX, address->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return false;
    shutdown(fd, SHUT_RD);
    bool connected = connect(fd, &address->to.any, address->length) == 0;
    close(fd);
    return connected;
}

/* In a thread of its own. May block. The signal thread takes the SIGCHLD, and wakes the
 * supervisor's. */
static void *search_path(void *context)
{
    struct probe_check *check = context;
    const struct settings *settings = check->settings;
    bool found = settings->ready == READY_BY_FILE ? access(settings->ready_argument, F_OK) == 0
                                                  : accepts_connection(settings->ready_address);
    atomic_store(&check->search, found ? SEARCH_FOUND : SEARCH_FAILED);
    kill(getpid(), SIGCHLD);
    return NULL;
}

/* While a thread of an earlier check runs there is no other: what it finds may be the socket of an
 * earlier run. */
static enum check_result begin_search(struct probe_check *check, struct service *service,
                                      const char *argument)
{
    (void)argument;
    if (atomic_load(&check->search) == SEARCH_RUNS)
        return CHECK_TIMED_OUT;
    check->settings = service->settings;
    atomic_store(&check->search, SEARCH_RUNS);
    if (thread_start_with(search_path, check, THREAD_STACK) == 0)
        return CHECK_PENDING;
    atomic_store(&check->search, SEARCH_NONE);
    return CHECK_FAILED;
}

static enum check_result poll_search(struct probe_check *check, const struct service *service)
{
    int search = atomic_load(&check->search);
    (void)service;
    if (search == SEARCH_RUNS)
        return CHECK_PENDING;
    return search == SEARCH_FOUND ? CHECK_PASSED : CHECK_FAILED;
}

/* ---- READY_BY_FD ---- */

static enum check_result begin_line(struct probe_check *check, struct service *service,
                                    const char *argument)
{
    (void)service, (void)argument;
    return check->source.fd == -1 || watch(check, EPOLLIN) ? CHECK_PENDING : CHECK_FAILED;
}

/* An end of file without a newline leaves the check pending: there will be no other result. One
 * read(2) at a time: a service that writes without end holds up nothing else. */
static enum check_result poll_line(struct probe_check *check, const struct service *service)
{
    enum { READ_SIZE = 256 };
    char bytes[READ_SIZE];
    if (check->is_watched || check->source.fd == -1)
        return CHECK_PENDING;
    ssize_t length = read(check->source.fd, bytes, sizeof bytes);
    bool has_newline = length > 0 && memchr(bytes, '\n', (size_t)length) != NULL;
    if (!has_newline && (length > 0 || (length == -1 && errno == EAGAIN)))
        return begin_line(check, NULL, NULL);
    if (!has_newline)
        log_line(LOG_DEBUG, "%s has closed its readiness descriptor without a newline",
                 service->name);
    close_source(check);
    return has_newline ? CHECK_PASSED : CHECK_PENDING;
}

/* ---- READY_BY_EXEC, health checks ---- */

/* A command that was killed and is not reaped yet still times out. */
static enum check_result begin_command(struct probe_check *check, struct service *service,
                                       const char *command)
{
    if (side_command_poll(&check->command))
        return CHECK_TIMED_OUT;
    return side_command_begin(&check->command, service, command) ? CHECK_PENDING : CHECK_NOT_RUN;
}

static enum check_result poll_command(struct probe_check *check, const struct service *service)
{
    (void)service;
    if (side_command_poll(&check->command))
        return CHECK_PENDING;
    if (check->command.failed)
        return CHECK_NOT_RUN;
    return check->command.status == 0 ? CHECK_PASSED : CHECK_FAILED;
}

enum { TIMEOUT = 1 * MS_PER_SECOND, COMMAND_TIMEOUT = 10 * MS_PER_SECOND };

const struct probe_method probe_methods[] = {
    [READY_BY_FD] = {begin_line, poll_line, NEVER},
    [READY_BY_TCP] = {begin_connection, poll_connection, TIMEOUT},
    [READY_BY_UNIX] = {begin_search, poll_search, TIMEOUT},
    [READY_BY_FILE] = {begin_search, poll_search, TIMEOUT},
    [READY_BY_EXEC] = {begin_command, poll_command, COMMAND_TIMEOUT},
};
