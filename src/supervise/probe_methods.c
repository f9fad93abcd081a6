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
#include "process/wait_status.h"

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

static enum check_result fail(struct probe_check *check, const char *failure)
{
    close_source(check);
    check->failure = failure;
    return CHECK_FAILED;
}

static const char no_connection[] = "accepts no connection";

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

/* Begins to connect to the target, and for a port alone the next time to [::1], as many servers
 * listen on one of the two loopback addresses. False if there is no other address. */
static bool connect_next(struct probe_check *check)
{
    struct address address = *check->target.address;
    if (check->addresses > 1 || (check->addresses == 1 && !address_take_other_loopback(&address)))
        return false;
    check->addresses++;
    int fd = socket(address.to.any.sa_family, address.type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check->source.fd = fd;
    if (fd != -1 && connect(fd, &address.to.any, address.length) == -1 && errno == EINPROGRESS)
        watch(check, EPOLLOUT);
    return true;
}

/* The socket becomes ready when it is connected, and when it cannot be: then it has no peer. Once
 * it is connected it stays open. */
static enum check_result poll_connection(struct probe_check *check)
{
    while (!check->is_watched) {
        if (has_peer(check->source.fd))
            return CHECK_PASSED;
        close_source(check);
        if (!connect_next(check))
            return fail(check, no_connection);
    }
    return CHECK_PENDING;
}

static enum check_result poll_tcp(struct probe_check *check, const struct service *service)
{
    (void)service;
    enum check_result result = poll_connection(check);
    if (result != CHECK_PENDING)
        close_source(check);
    return result;
}

static enum check_result begin_tcp(struct probe_check *check, struct service *service)
{
    check->addresses = 0;
    connect_next(check);
    return poll_tcp(check, service);
}

/* ---- READY_BY_HTTP ---- */

/* A request fits into the empty buffer of a new socket: 4 KiB at least, tcp(7). */
static bool send_request(struct probe_check *check)
{
    char request[HTTP_REQUEST_MAX];
    size_t length = http_request(request, check->target.argument);
    check->has_asked = true;
    return send(check->source.fd, request, length, MSG_NOSIGNAL | MSG_DONTWAIT) ==
               (ssize_t)length &&
           watch(check, EPOLLIN);
}

/* The status line decides, and the rest of what has come with it is thrown away: a server that
 * keeps the connection open, or that sends without end, is not waited for. */
static enum check_result read_answer(struct probe_check *check)
{
    char bytes[HTTP_ANSWER_MAX];
    ssize_t length = read(check->source.fd, bytes, sizeof bytes - check->answer_length);
    if (length == 0 || (length == -1 && errno != EAGAIN))
        return fail(check, "closed the connection without an answer");
    size_t room = sizeof check->answer - check->answer_length;
    size_t kept = length == -1 ? 0 : (size_t)length < room ? (size_t)length : room;
    memcpy(check->answer + check->answer_length, bytes, kept);
    check->answer_length += (unsigned char)kept;
    int status = http_status(check->answer, check->answer_length);
    if (status == HTTP_INCOMPLETE && watch(check, EPOLLIN))
        return CHECK_PENDING;
    if (!http_is_success(status))
        return fail(check, status > 0 ? NULL : "gave no answer of HTTP");
    close_source(check);
    return CHECK_PASSED;
}

static enum check_result poll_http(struct probe_check *check, const struct service *service)
{
    (void)service;
    if (check->has_asked)
        return check->is_watched ? CHECK_PENDING : read_answer(check);
    enum check_result result = poll_connection(check);
    if (result != CHECK_PASSED)
        return result;
    return send_request(check) ? CHECK_PENDING : fail(check, "takes no request");
}

static enum check_result begin_http(struct probe_check *check, struct service *service)
{
    check->addresses = check->answer_length = 0;
    check->has_asked = false;
    connect_next(check);
    return poll_http(check, service);
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
    const struct probe_target *target = &check->searched;
    bool found = target->by == READY_BY_FILE ? access(target->argument, F_OK) == 0
                                             : accepts_connection(target->address);
    atomic_store(&check->search, found ? SEARCH_FOUND : SEARCH_FAILED);
    kill(getpid(), SIGCHLD);
    return NULL;
}

/* While a thread of an earlier check runs there is no other: what it finds may be the socket of an
 * earlier run. */
static enum check_result begin_search(struct probe_check *check, struct service *service)
{
    (void)service;
    if (atomic_load(&check->search) == SEARCH_RUNS)
        return CHECK_TIMED_OUT;
    check->searched = check->target;
    atomic_store(&check->search, SEARCH_RUNS);
    if (thread_start_with(search_path, check, THREAD_STACK) == 0)
        return CHECK_PENDING;
    atomic_store(&check->search, SEARCH_NONE);
    return fail(check, "could not be checked: no thread could be made");
}

static enum check_result poll_search(struct probe_check *check, const struct service *service)
{
    int search = atomic_load(&check->search);
    (void)service;
    if (search == SEARCH_RUNS)
        return CHECK_PENDING;
    return search == SEARCH_FOUND ? CHECK_PASSED : fail(check, no_connection);
}

/* ---- READY_BY_FD ---- */

static enum check_result begin_line(struct probe_check *check, struct service *service)
{
    (void)service;
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
        return begin_line(check, NULL);
    if (!has_newline)
        log_line(LOG_DEBUG, "%s has closed its readiness descriptor without a newline",
                 service->name);
    close_source(check);
    return has_newline ? CHECK_PASSED : CHECK_PENDING;
}

/* ---- READY_BY_EXEC ---- */

/* A command that was killed and is not reaped yet still times out. */
static enum check_result begin_command(struct probe_check *check, struct service *service)
{
    if (side_command_poll(&check->command))
        return CHECK_TIMED_OUT;
    return side_command_begin(&check->command, service, check->target.argument) ? CHECK_PENDING
                                                                                : CHECK_NOT_RUN;
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
    [READY_BY_TCP] = {begin_tcp, poll_tcp, TIMEOUT},
    [READY_BY_UNIX] = {begin_search, poll_search, TIMEOUT},
    [READY_BY_HTTP] = {begin_http, poll_http, TIMEOUT},
    [READY_BY_FILE] = {begin_search, poll_search, TIMEOUT},
    [READY_BY_EXEC] = {begin_command, poll_command, COMMAND_TIMEOUT},
};

void probe_methods_add_failure(struct text *text, const struct probe_check *check)
{
    if (check->target.by == READY_BY_EXEC)
        wait_status_append(text, check->command.status);
    else if (check->failure != NULL)
        text_add(text, "%s", check->failure);
    else
        text_add(text, "answered with status %d", http_status(check->answer, check->answer_length));
}
