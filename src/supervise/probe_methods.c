/*
 * probe_methods.c - see probe_methods.h.
 *
 * A source that fires is watched no longer until it has been looked at: what is true of a
 * descriptor stays true, and would wake us again and again.
 *
 * A path may lead to a file system that does not answer, and there is no looking along it that does
 * not wait. So a short-lived thread looks; one that hangs is left alone, and until it is through
 * its service is not ready.
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

static bool watch(struct probe_check *question, uint32_t events)
{
    question->watched = event_loop_watch(&question->source, events);
    return question->watched;
}

static void unwatch(struct probe_check *question)
{
    if (question->watched)
        event_loop_forget(&question->source);
    question->watched = false;
}

static void fired(struct source *source, uint32_t events)
{
    (void)events;
    unwatch((struct probe_check *)source); /* of which it is the first member */
}

static void close_source(struct probe_check *question)
{
    unwatch(question);
    if (question->source.fd != -1)
        close(question->source.fd);
    question->source.fd = -1;
}

void probe_methods_prepare(struct probe_check *question)
{
    question->source = (struct source){.fd = -1, .ready = fired};
}

void probe_methods_end(struct probe_check *question)
{
    close_source(question);
    side_command_kill(&question->command);
}

/* ---- tcp ---- */

/*
 * True if there is a peer, and it is not the socket itself. Where nobody listens on a port of the
 * range that connecting sockets get theirs from, one try in thousands is given just that port and
 * connects to itself: tcp(7) calls it a simultaneous open.
 */
static bool has_peer(int fd)
{
    struct sockaddr_storage own = {0}, peer = {0};
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    return getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0 &&
           getsockname(fd, (struct sockaddr *)&own, &own_size) == 0 &&
           memcmp(&own, &peer, sizeof own) != 0;
}

/* It has fired because it is connected or because it cannot be: only the former has a peer. */
static enum answer check_connection(struct probe_check *question, const struct service *service)
{
    (void)service;
    if (question->watched)
        return PENDING;
    enum answer answer = has_peer(question->source.fd) ? YES : NO;
    close_source(question);
    return answer;
}

static enum answer begin_connection(struct probe_check *question, struct service *service,
                                    const char *argument)
{
    (void)argument;
    const struct address *address = service->settings->ready_address;
    int fd = socket(address->to.any.sa_family, address->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return NO;
    question->source.fd = fd;
    if (connect(fd, &address->to.any, address->length) == -1 && errno == EINPROGRESS)
        watch(question, EPOLLOUT);
    return check_connection(question, service);
}

/* ---- unix, file ---- */

enum look { NOT_LOOKING, LOOKING, FOUND, MISSED };

static bool accepts(const struct address *address)
{
    int fd = socket(AF_UNIX, address->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return false;
    shutdown(fd, SHUT_RD); /* no descriptor is sent to us, which it could take long to close */
    bool connected = connect(fd, &address->to.any, address->length) == 0;
    close(fd);
    return connected;
}

/* The thread. The signal goes to the signal thread, which wakes the supervisor. */
static void *look(void *context)
{
    struct probe_check *question = context;
    const struct settings *settings = question->settings;
    bool is_file = settings->ready == READY_BY_FILE;
    bool found =
        is_file ? access(settings->ready_argument, F_OK) == 0 : accepts(settings->ready_address);
    atomic_store(&question->look, found ? FOUND : MISSED);
    kill(getpid(), SIGCHLD);
    return NULL;
}

/* What one finds that was begun earlier is of an earlier run, perhaps. */
static enum answer begin_look(struct probe_check *question, struct service *service,
                              const char *argument)
{
    enum { STACK = 32 * 1024 };
    (void)argument;
    if (atomic_load(&question->look) == LOOKING)
        return LATE;
    question->settings = service->settings;
    atomic_store(&question->look, LOOKING);
    if (thread_start_with(look, question, STACK) == 0)
        return PENDING;
    atomic_store(&question->look, NOT_LOOKING);
    return NO;
}

static enum answer check_look(struct probe_check *question, const struct service *service)
{
    int look = atomic_load(&question->look);
    (void)service;
    return look == LOOKING ? PENDING : look == FOUND ? YES : NO;
}

/* ---- fd ---- */

static enum answer begin_line(struct probe_check *question, struct service *service,
                              const char *argument)
{
    (void)service, (void)argument;
    return question->source.fd == -1 || watch(question, EPOLLIN) ? PENDING : NO;
}

/* An end without a newline is no answer, and there will be none. One read(2) at a time: who writes
 * without an end does not keep us. */
static enum answer check_line(struct probe_check *question, const struct service *service)
{
    enum { SOME = 256 };
    char bytes[SOME];
    if (question->watched || question->source.fd == -1)
        return PENDING;
    ssize_t length = read(question->source.fd, bytes, sizeof bytes);
    bool line = length > 0 && memchr(bytes, '\n', (size_t)length) != NULL;
    if (!line && (length > 0 || (length == -1 && errno == EAGAIN)))
        return begin_line(question, NULL, NULL);
    if (!line)
        say(LOG_DEBUG, "%s has closed its readiness descriptor without a newline", service->name);
    close_source(question);
    return line ? YES : PENDING;
}

/* ---- exec ---- */

/* A command that was killed and is not reaped yet cannot be asked again: it is late still. */
static enum answer begin_command(struct probe_check *question, struct service *service,
                                 const char *command)
{
    if (side_command_runs(&question->command))
        return LATE;
    return side_command_begin(&question->command, service, command) ? PENDING : NOT_RUN;
}

static enum answer check_command(struct probe_check *question, const struct service *service)
{
    (void)service;
    if (side_command_runs(&question->command))
        return PENDING;
    if (question->command.failed)
        return NOT_RUN;
    return question->command.status == 0 ? YES : NO;
}

enum { PATIENCE = 1 * MS_PER_SECOND, COMMAND_PATIENCE = 10 * MS_PER_SECOND };

const struct probe_method probe_methods[] = {
    [READY_BY_FD] = {begin_line, check_line, NEVER},
    [READY_BY_TCP] = {begin_connection, check_connection, PATIENCE},
    [READY_BY_UNIX] = {begin_look, check_look, PATIENCE},
    [READY_BY_FILE] = {begin_look, check_look, PATIENCE},
    [READY_BY_EXEC] = {begin_command, check_command, COMMAND_PATIENCE},
};
