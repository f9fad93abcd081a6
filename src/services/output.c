/*
 * output.c - see output.h.
 *
 * Each relayed service has one pipe for as long as foster runs. foster keeps the write end for the next run, so the
 * end of the pipe never comes, and a grandchild that keeps its own copy delays nothing: at the end what is in the pipes
 * is read, and nobody is waited for. The read end is non-blocking, the write end is not, as programs expect it of their
 * stdout (the flag is that of an open file description, open(2), and a pipe has two).
 *
 * The thread reads each pipe that has something once a round, into one buffer that all share; kept is only what has no
 * newline yet. A thousand silent services cost two descriptors and a struct stream each.
 *
 * Rejected: splice(2) and tee(2), which cannot put a name before a line; one pipe for all, which would not tell who
 * wrote; a pipe for each run, whose end would have to be waited for before the next.
 */
#include "services/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/log.h"
#include "process/descriptors.h"
#include "services/printer.h"
#include "services/thread.h"

enum {
    READ_MOST = 16384, /* a quarter of a full pipe, pipe(7) */
    EVENTS = 16,       /* a round */
    STACK = 32768,
    WRITABLE_BY_ALL = S_IWUSR | S_IWGRP | S_IWOTH,
};

/* The pipe of a service. The rest is the thread's. */
struct stream {
    const struct service *service;
    int in, out;
    atomic_bool run_ended; /* set by the supervisor: the rest is a line */
    struct buffer rest;    /* of what was read: a line without its end */
};

/* The descriptors are set before there is a thread; finish and finished are how the two tell each other. */
struct relay {
    int ready;           /* an epoll of all that can be read */
    int poked;           /* an eventfd: a run has ended, or all have */
    int finished;        /* an eventfd: all is written */
    atomic_bool is_last; /* nobody writes any more */
    size_t count;
    struct printer printer;
    char bytes[READ_MOST];
    struct stream streams[];
};

static struct relay *relay; /* NULL: nobody is relayed */

/* ---- lines: the thread's ---- */

static void print(const struct stream *stream, const char *bytes, size_t length)
{
    printer_line(&relay->printer, stream->service, (size_t)(stream - relay->streams), bytes, length);
}

/* The last bytes of a line have come. Where there is no memory to join them to the rest, they are two lines. */
static void end_line(struct stream *stream, const char *bytes, size_t length)
{
    bool is_joined = false;
    if (stream->rest.length > 0) {
        is_joined = buffer_add(&stream->rest, bytes, length);
        print(stream, stream->rest.bytes, stream->rest.length);
        buffer_drop(&stream->rest, stream->rest.length);
    }
    if (!is_joined)
        print(stream, bytes, length);
}

static void keep(struct stream *stream, const char *bytes, size_t length)
{
    if (!buffer_add(&stream->rest, bytes, length))
        end_line(stream, bytes, length);
}

/* Takes the first line off the bytes, or all of them if it has no end: how many were taken. A line that is too long is
 * cut where it may not be longer; its newline may still follow that point. */
static size_t take_line(struct stream *stream, const char *bytes, size_t length)
{
    size_t room = OUTPUT_LINE_MAX - stream->rest.length;
    size_t looked_at = length <= room ? length : room + 1;
    const char *end = memchr(bytes, '\n', looked_at);
    if (end != NULL) {
        end_line(stream, bytes, (size_t)(end - bytes));
        return (size_t)(end - bytes) + 1;
    }
    if (length <= room) {
        keep(stream, bytes, length);
        return length;
    }
    end_line(stream, bytes, room);
    return room;
}

/* Reads once: the number of bytes, or -1. */
static ssize_t relay_once(struct stream *stream)
{
    ssize_t got = read(stream->in, relay->bytes, sizeof relay->bytes);
    if (got <= 0)
        return -1;
    printer_set_time(&relay->printer);
    for (size_t done = 0; done < (size_t)got;)
        done += take_line(stream, relay->bytes + done, (size_t)got - done);
    return got;
}

/* Relays what is in the pipe now, and not what somebody who cannot stop adds meanwhile. */
static void relay_last(struct stream *stream)
{
    int left = 0;
    ioctl(stream->in, FIONREAD, &left);
    for (ssize_t got; left > 0 && (got = relay_once(stream)) > 0; left -= (int)got)
        ;
    if (stream->rest.length > 0)
        end_line(stream, NULL, 0);
}

/* ---- the thread ---- */

/* Those whose run has ended, or all: then it is the last time, and true. */
static bool relay_ended(void)
{
    eventfd_t unused;
    eventfd_read(relay->poked, &unused);
    bool all = atomic_load(&relay->is_last);
    for (size_t i = 0; i < relay->count; i++)
        if (atomic_exchange(&relay->streams[i].run_ended, false) || all)
            relay_last(&relay->streams[i]);
    return all;
}

static void *run(void *unused)
{
    bool is_last = false;
    while (!is_last) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(relay->ready, events, EVENTS, -1);
        for (int i = 0; i < count; i++)
            if (events[i].data.ptr == NULL)
                is_last = relay_ended();
            else
                relay_once(events[i].data.ptr);
        printer_flush(&relay->printer);
    }
    eventfd_write(relay->finished, 1);
    return unused;
}

static bool start_thread(void)
{
    errno = thread_start(run, STACK);
    return errno == 0;
}

/* ---- the beginning ---- */

static bool is_relayed(const struct service *service)
{
    return service->settings->output == OUTPUT_PREFIX || service->settings->output == OUTPUT_JSON;
}

static bool watch(int fd, struct stream *stream)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    return fd != -1 && epoll_ctl(relay->ready, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* The mode is that of the inode, which counts when a service of another user opens /dev/stdout (moby#31243). */
static bool open_stream(struct stream *stream, const struct service *service)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == -1)
        return false;
    *stream = (struct stream){.service = service, .in = ends[0], .out = ends[1]};
    fchmod(stream->out, S_IRUSR | WRITABLE_BY_ALL);
    return descriptor_set_flags(stream->in, O_NONBLOCK) == 0 && watch(stream->in, stream);
}

static bool open_streams(const struct plan *plan)
{
    for (const struct service *service = plan->services; service < plan->services + plan->count; service++) {
        if (!is_relayed(service))
            continue;
        if (service->settings->output == OUTPUT_PREFIX)
            printer_make_room(&relay->printer, service->name);
        if (!open_stream(&relay->streams[relay->count++], service))
            return false;
    }
    return true;
}

static size_t count_relayed(const struct plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        count += is_relayed(&plan->services[i]);
    return count;
}

/* A closed destination stays closed: the number may soon be that of a descriptor of ours. */
static int open_or_none(int fd)
{
    struct stat status;
    return fstat(fd, &status) == -1 && errno == EBADF ? -1 : fd;
}

bool output_begin(const struct plan *plan, int to)
{
    size_t count = count_relayed(plan);
    if (count == 0)
        return true;
    relay = arena_take(sizeof *relay + count * sizeof relay->streams[0]);
    printer_begin(&relay->printer, open_or_none(to));
    relay->ready = epoll_create1(EPOLL_CLOEXEC);
    relay->poked = eventfd(0, EFD_CLOEXEC);
    relay->finished = eventfd(0, EFD_CLOEXEC);
    if (relay->finished != -1 && watch(relay->poked, NULL) && open_streams(plan) && start_thread())
        return true;
    say(LOG_ERROR, "cannot relay logs: %s; each service needs two descriptors (ulimit -n), with 'log = raw' none",
        strerror(errno));
    return false;
}

/* ---- the start of a service ---- */

static struct stream *stream_of(const struct service *service)
{
    struct stream *stream = relay->streams;
    while (stream->service != service)
        stream++;
    return stream;
}

/* A program that was given the write end may have made it non-blocking; the next run starts without that. */
static int pipe_of(const struct service *service)
{
    const struct stream *stream = stream_of(service);
    descriptor_set_flags(stream->out, 0);
    return stream->out;
}

/* Lets every user open this, if it is a pipe or a terminal, as /dev/stdout: a check that writing to the descriptor, of
 * which the service has a copy anyway, does not make (moby#31243). */
static void let_all_open(int fd)
{
    struct stat status;
    if (fstat(fd, &status) == -1 || (status.st_mode & WRITABLE_BY_ALL) == WRITABLE_BY_ALL)
        return;
    if ((S_ISFIFO(status.st_mode) || isatty(fd)) &&
        fchmod(fd, (status.st_mode | WRITABLE_BY_ALL) & ~(mode_t)S_IFMT) == -1)
        say(LOG_DEBUG, "other users cannot open /dev/stdout: %s", strerror(errno));
}

/* Once is enough, also if it failed. */
static void let_all_open_ours(void)
{
    static bool is_done;
    if (!is_done) {
        let_all_open(STDOUT_FILENO);
        let_all_open(STDERR_FILENO);
    }
    is_done = true;
}

int output_of(const struct service *service)
{
    const struct settings *settings = service->settings;
    if (is_relayed(service))
        return pipe_of(service);
    if (settings->output == OUTPUT_NULL)
        return OUTPUT_TO_NULL;
    if (settings->user != NULL)
        let_all_open_ours();
    return OUTPUT_KEPT;
}

/* ---- the end ---- */

void output_run_ended(const struct service *service)
{
    if (!is_relayed(service))
        return;
    atomic_store(&stream_of(service)->run_ended, true);
    eventfd_write(relay->poked, 1);
}

void output_end(milliseconds deadline)
{
    if (relay == NULL)
        return;
    struct timespec left = clock_until(deadline);
    atomic_store(&relay->is_last, true);
    eventfd_write(relay->poked, 1);
    ppoll(&(struct pollfd){.fd = relay->finished, .events = POLLIN}, 1, &left, NULL);
}
