/*
 * relay.c - see relay.h.
 *
 * Each relayed service has one pipe for as long as foster runs. foster keeps the write end for the
 * next run, so the end of the pipe never comes, and a grandchild that keeps its own copy delays
 * nothing: at the end what is in the pipes is read, and nobody is waited for. The read end is
 * non-blocking, the write end is not, as programs expect it of their stdout (the flag is that of an
 * open file description, open(2), and a pipe has two).
 *
 * The thread reads each pipe that has something once a round, into one buffer that all share; kept
 * is only what has no newline yet. A thousand silent services cost two descriptors and a struct
 * stream each.
 *
 * Where one run ends and the next begins is a mark: the number of bytes that have ever been in the
 * pipe by then, which is what has been read and what FIONREAD finds. The supervisor makes one
 * before each start but the first, when nobody of the next run exists yet; the thread reads up to a
 * mark and no further, ends the line there, and goes on. So what a run writes is never joined to
 * what came before it, however late the thread comes. Between two runs the thread makes marks as
 * well, so that the last line of a run does not wait for the next. Each stream has a lock; the
 * thread holds it while it reads, which does not block, and never while it writes. (Both calls take
 * the pipe's own mutex, which a writer holds while he copies, pipe_write() in fs/pipe.c: memory on
 * a dead file system can make that long. At a start what the last run left behind has been ended;
 * and another service's pipe has another lock.) A mark where there is one already is none, so there
 * are no more marks than bytes in the pipe. Bytes that somebody else has read out of the pipe are
 * found missing when it is empty before a mark is reached.
 *
 * Rejected: splice(2) and tee(2), which cannot put a name before a line; one pipe for all, which
 * would not catalogue_say who wrote; a pipe for each run, whose end would have to be waited for
 * before the next, or else pipes add up while a reader is slow; a word to the thread that the run
 * has ended, which comes too late when the next run has written.
 */
#include "logs/relay.h"

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
#include "children/word_lock.h"
#include "logs/format.h"
#include "process/descriptors.h"
#include "process/signals.h"
#include "process/thread.h"

enum {
    READ_MOST = 16384, /* a quarter of a full pipe, pipe(7) */
    EVENTS = 16,       /* a round */
    READS_MOST = 16,   /* at once, of one pipe: it is reported again */
    STACK = 32768,
    REST_MS = 20,
    WRITABLE_BY_ALL = S_IWUSR | S_IWGRP | S_IWOTH,
};

/* The pipe of a service. Positions in it are numbers of bytes. */
struct stream {
    const struct service *service;
    int in, out;
    atomic_bool is_between_runs; /* set at any time, cleared under the lock */

    word_lock lock;      /* of what follows */
    uint64_t read;       /* position up to which it has been read */
    uint64_t last;       /* the last mark */
    size_t passed;       /* bytes of the marks that are behind us */
    struct buffer marks; /* positions at which a line ends */

    struct buffer rest; /* the thread's: of what was read, a line without its end */
};

/* The descriptors are set before there is a thread; finish and finished are how the two
 * catalogue_say each other. */
struct relay {
    int ready;           /* an epoll of all that can be read */
    int poked;           /* an eventfd: a run has ended, or all have */
    int finished;        /* an eventfd: all is written */
    atomic_bool is_last; /* nobody writes any more */
    size_t count;
    struct format format;
    char bytes[READ_MOST];
    struct stream streams[];
};

static struct relay *relay; /* NULL: nobody is relayed */

/* ---- marks ---- */

/* Makes a mark behind all that is in the pipe, if none stands there. Without memory for it two runs
 * may share a line. Under the lock. */
static void mark(struct stream *stream)
{
    int left = 0;
    ioctl(stream->in, FIONREAD, &left);
    uint64_t position = stream->read + (uint64_t)left;
    if (position != stream->last &&
        buffer_add(&stream->marks, (const char *)&position, sizeof position))
        stream->last = position;
}

/* How far it is to the next mark; false if there is none. Under the lock. */
static bool find_mark(const struct stream *stream, uint64_t *distance)
{
    uint64_t position;
    if (stream->passed == stream->marks.length)
        return false;
    memcpy(&position, stream->marks.bytes + stream->passed, sizeof position);
    *distance = position - stream->read;
    return true;
}

/* Those behind us are dropped when they are half of all, so that each is moved about once. Under
 * the lock. */
static void pass_mark(struct stream *stream)
{
    stream->passed += sizeof stream->read;
    if (2 * stream->passed < stream->marks.length)
        return;
    buffer_drop(&stream->marks, stream->passed);
    stream->passed = 0;
}

/* Reads up to the next mark at most: the number of bytes. *ends says that it is reached. The
 * thread's. */
static size_t read_to_mark(struct stream *stream, bool *ends)
{
    uint64_t distance = 0;
    word_lock_take(&stream->lock);
    bool is_marked = find_mark(stream, &distance);
    size_t most =
        is_marked && distance < sizeof relay->bytes ? (size_t)distance : sizeof relay->bytes;
    ssize_t got = read(stream->in, relay->bytes, most);
    uint64_t passed =
        got >= 0 ? (uint64_t)got : distance; /* nothing there: somebody else has read it */
    stream->read += passed;
    *ends = is_marked && passed == distance;
    if (*ends)
        pass_mark(stream);
    word_lock_drop(&stream->lock);
    return got > 0 ? (size_t)got : 0;
}

/* What has been written so far between two runs is no part of the next. The thread's. */
static void mark_between_runs(struct stream *stream)
{
    word_lock_take(&stream->lock);
    if (atomic_load(&stream->is_between_runs))
        mark(stream);
    word_lock_drop(&stream->lock);
}

/* The thread's. */
static bool has_mark(struct stream *stream)
{
    uint64_t distance;
    word_lock_take(&stream->lock);
    bool is_marked = find_mark(stream, &distance);
    word_lock_drop(&stream->lock);
    return is_marked;
}

/* ---- lines: the thread's ---- */

static void print(const struct stream *stream, const char *bytes, size_t length)
{
    format_line(&relay->format, stream->service, (size_t)(stream - relay->streams), bytes, length);
}

/* The last bytes of a line have come. Where there is no memory to join them to the rest, they are
 * two lines. */
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

/* Takes the first line off the bytes, or all of them if it has no end: how many were taken. A line
 * that is too long is cut where it may not be longer; its newline may still follow that point. */
static size_t take_line(struct stream *stream, const char *bytes, size_t length)
{
    size_t room = RELAY_LINE_MAX - stream->rest.length;
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

/* Reads once; false if there was nothing. At a mark a line ends in any case. */
static bool relay_once(struct stream *stream)
{
    bool ends;
    size_t got = read_to_mark(stream, &ends);
    format_set_time(&relay->format);
    for (size_t done = 0; done < got;)
        done += take_line(stream, relay->bytes + done, got - done);
    if (ends && stream->rest.length > 0)
        end_line(stream, NULL, 0);
    return got > 0 || ends;
}

/* Relays what is in the pipe now, and not what somebody who cannot stop adds meanwhile. */
static void relay_last(struct stream *stream)
{
    int left = 0;
    ioctl(stream->in, FIONREAD, &left);
    uint64_t end = stream->read + (uint64_t)left; /* it is the thread that changes the one */
    while (stream->read < end && relay_once(stream))
        continue;
    if (stream->rest.length > 0)
        end_line(stream, NULL, 0);
}

/* Up to the last mark, but not for ever: a service that is started again and again makes new ones.
 */
static void relay_marked(struct stream *stream)
{
    mark_between_runs(stream);
    for (int left = READS_MOST; left > 0 && has_mark(stream); left--)
        relay_once(stream);
    if (has_mark(stream))
        eventfd_write(relay->poked, 1);
}

/* ---- the thread ---- */

/* Those whose run has ended, or all: then it is the last time, and true. */
static bool relay_ended(void)
{
    eventfd_t unused;
    eventfd_read(relay->poked, &unused);
    bool all = atomic_load(&relay->is_last);
    for (size_t i = 0; i < relay->count; i++) {
        struct stream *stream = &relay->streams[i];
        if (all)
            relay_last(stream);
        else
            relay_marked(stream);
    }
    return all;
}

static void *run(void *unused)
{
    bool is_last = false;
    signals_block_again();
    while (!is_last) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(relay->ready, events, EVENTS, -1);
        if (count == -1)
            poll(NULL, 0, REST_MS);
        for (int i = 0; i < count; i++)
            if (events[i].data.ptr == NULL)
                is_last = relay_ended();
            else
                relay_once(events[i].data.ptr);
        format_flush(&relay->format);
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

/* The mode is that of the inode, which counts when a service of another user opens /dev/stdout
 * (moby#31243). */
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
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        if (!is_relayed(service))
            continue;
        if (service->settings->output == OUTPUT_PREFIX)
            format_make_room(&relay->format, service->name);
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

bool relay_begin(const struct plan *plan, int to)
{
    size_t count = count_relayed(plan);
    if (count == 0)
        return true;
    relay = arena_alloc(sizeof *relay + count * sizeof relay->streams[0]);
    format_begin(&relay->format, open_or_none(to));
    relay->ready = epoll_create1(EPOLL_CLOEXEC);
    relay->poked = eventfd(0, EFD_CLOEXEC);
    relay->finished = eventfd(0, EFD_CLOEXEC);
    if (relay->finished != -1 && watch(relay->poked, NULL) && open_streams(plan) && start_thread())
        return true;
    say(LOG_ERROR,
        "cannot relay logs: %s; each service needs two descriptors (ulimit -n), with 'log = raw' "
        "none",
        strerror(errno));
    return false;
}

/* ---- the start of a service ---- */

/* They stand in the order of the services. */
static struct stream *stream_of(const struct service *service)
{
    size_t first = 0, end = relay->count;
    while (end - first > 1) {
        size_t middle = first + (end - first) / 2;
        if (relay->streams[middle].service <= service)
            first = middle;
        else
            end = middle;
    }
    return &relay->streams[first];
}

/* The thread is told, for it may have read all that is before the mark. */
static void begin_run(struct stream *stream)
{
    word_lock_take(&stream->lock);
    mark(stream);
    atomic_store(&stream->is_between_runs, false);
    word_lock_drop(&stream->lock);
    eventfd_write(relay->poked, 1);
}

/* A program that was given the write end may have made it non-blocking; the next run starts without
 * that. */
static int pipe_of(const struct service *service)
{
    struct stream *stream = stream_of(service);
    descriptor_set_flags(stream->out, 0);
    if (atomic_load(&stream->is_between_runs))
        begin_run(stream);
    return stream->out;
}

/* Lets every user open this, if it is a pipe or a terminal, as /dev/stdout: a check that writing to
 * the descriptor, of which the service has a copy anyway, does not make (moby#31243). */
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

int relay_of(const struct service *service)
{
    const struct settings *settings = service->settings;
    if (is_relayed(service))
        return pipe_of(service);
    if (settings->output == OUTPUT_NULL)
        return RELAY_TO_NULL;
    if (settings->user != NULL)
        let_all_open_ours();
    return RELAY_KEPT;
}

/* ---- the end ---- */

void relay_run_ended(const struct service *service)
{
    if (!is_relayed(service))
        return;
    atomic_store(&stream_of(service)->is_between_runs, true);
    eventfd_write(relay->poked, 1);
}

void relay_end(milliseconds deadline)
{
    if (relay == NULL)
        return;
    struct timespec left = clock_until(deadline);
    atomic_store(&relay->is_last, true);
    eventfd_write(relay->poked, 1);
    ppoll(&(struct pollfd){.fd = relay->finished, .events = POLLIN}, 1, &left, NULL);
}
