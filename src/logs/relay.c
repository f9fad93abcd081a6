/*
 * relay.c - see relay.h.
 *
 * In each round the thread reads once from each pipe that has something, into one buffer that all
 * pipes share. Only the bytes of a line whose newline has not come are kept. A thousand silent
 * services cost two descriptors and a struct relayed each.
 *
 * At the end what is in the pipes is read, and no process is waited for. Where one run of a service
 * ends and the next begins is marked in its pipe (stream.h).
 *
 * Rejected:
 *
 *   - splice(2) and tee(2), which cannot put a name before a line;
 *   - one pipe for all, which would not tell which service wrote;
 *   - a pipe for each run. Its end would have to be waited for before the next start, or else pipes
 *     add up while a reader is slow;
 *   - a message to the thread that a run has ended, which comes too late when the next run has
 *     written.
 */
#include "logs/relay.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "logs/format.h"
#include "logs/own_output.h"
#include "logs/stream.h"
#include "process/descriptors.h"
#include "process/signals.h"
#include "process/thread.h"

enum {
    READ_MOST = 16384, /* bytes; a quarter of a full pipe, pipe(7) */
    EVENTS = 16,       /* of epoll, in a round */
    READS_MOST = 16,   /* of one pipe, in a row */
    REST_MS = 20,
};

/* A stream of a service that is relayed. */
struct relayed {
    const struct service *service;
    int fd;             /* STDOUT_FILENO, also if stderr shares its pipe; or STDERR_FILENO */
    enum output output; /* OUTPUT_PREFIX or OUTPUT_JSON */
    size_t order;       /* of the service among those that are relayed */
    struct stream stream;
    struct buffer rest; /* the line whose newline has not been read; for the thread only */
};

/* All of it is set before the thread is started, or is for the thread only, unless it says
 * otherwise. */
struct relay {
    int ready;           /* an epoll set of the pipes, and of `poked` */
    int poked;           /* an eventfd, written by the other threads: a run has ended or begun */
    int finished;        /* an eventfd, written by the thread: everything has been relayed */
    atomic_bool is_last; /* set by the main thread: no process writes any more */
    size_t count;
    struct format format;
    char bytes[READ_MOST];
    struct relayed streams[]; /* in the order of the plan, stdout before stderr */
};

static struct relay *relay; /* NULL: no service is relayed */

/* ---- lines; the relay's thread ---- */

static void add_line(const struct relayed *from, const char *bytes, size_t length)
{
    format_line(&relay->format, from->service->name, from->output, from->order, bytes, length);
}

/* Prints a line, of which these are the last bytes. Without memory to join them to the rest, prints
 * two lines. */
static void end_line(struct relayed *from, const char *bytes, size_t length)
{
    bool is_joined = false;
    if (from->rest.length > 0) {
        is_joined = buffer_add(&from->rest, bytes, length);
        add_line(from, from->rest.bytes, from->rest.length);
        buffer_drop(&from->rest, from->rest.length);
    }
    if (!is_joined)
        add_line(from, bytes, length);
}

/* Keeps bytes of a line whose newline has not been read. */
static void keep(struct relayed *from, const char *bytes, size_t length)
{
    if (!buffer_add(&from->rest, bytes, length))
        end_line(from, bytes, length);
}

/* Prints the first line of the bytes, or keeps them all if it has no newline; returns the number of
 * bytes that were taken. A line that is too long is cut; the newline may be the first byte after
 * the cut, so one byte more is searched. */
static size_t take_line(struct relayed *from, const char *bytes, size_t length)
{
    size_t room = RELAY_LINE_MAX - from->rest.length;
    size_t searched = length <= room ? length : room + 1;
    const char *newline = memchr(bytes, '\n', searched);
    if (newline != NULL) {
        end_line(from, bytes, (size_t)(newline - bytes));
        return (size_t)(newline - bytes) + 1;
    }
    if (length <= room) {
        keep(from, bytes, length);
        return length;
    }
    end_line(from, bytes, room);
    return room;
}

/* Reads once from the pipe. A line ends at a mark in any case. False if there was nothing. */
static bool relay_once(struct relayed *from)
{
    bool is_at_mark;
    size_t got = stream_read(&from->stream, relay->bytes, sizeof relay->bytes, &is_at_mark);
    format_set_time(&relay->format);
    for (size_t done = 0; done < got;)
        done += take_line(from, relay->bytes + done, got - done);
    if (is_at_mark && from->rest.length > 0)
        end_line(from, NULL, 0);
    return got > 0 || is_at_mark;
}

/* Relays what is in the pipe now, and not what a process that cannot be ended adds meanwhile. */
static void relay_rest(struct relayed *from)
{
    uint64_t end = stream_end(&from->stream);
    while (from->stream.read < end && relay_once(from))
        continue;
    if (from->rest.length > 0)
        end_line(from, NULL, 0);
}

/* Relays up to the last mark, but only so much in a row, because a service that is started again
 * and again makes more marks. */
static void relay_marked(struct relayed *from)
{
    stream_mark_between_runs(&from->stream);
    for (int left = READS_MOST; left > 0 && stream_has_mark(&from->stream); left--)
        relay_once(from);
    if (stream_has_mark(&from->stream))
        eventfd_write(relay->poked, 1);
}

/* ---- the thread ---- */

/* Relays the services whose run has ended or begun. At the end all of them; true then. */
static bool relay_poked(void)
{
    eventfd_t unused;
    eventfd_read(relay->poked, &unused);
    bool is_last = atomic_load(&relay->is_last);
    for (size_t i = 0; i < relay->count; i++)
        (is_last ? relay_rest : relay_marked)(&relay->streams[i]);
    return is_last;
}

static void *relay_thread(void *unused)
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
                is_last = relay_poked();
            else
                relay_once(events[i].data.ptr);
        format_flush(&relay->format);
    }
    eventfd_write(relay->finished, 1);
    return unused;
}

static bool start_thread(void)
{
    errno = thread_start(relay_thread, THREAD_STACK);
    return errno == 0;
}

/* ---- the beginning ---- */

static bool is_relayed(enum output output)
{
    return output == OUTPUT_PREFIX || output == OUTPUT_JSON;
}

/* Adds a descriptor to the epoll set; from is NULL for `poked`. */
static bool watch_input(int fd, struct relayed *from)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = from};
    return fd != -1 && epoll_ctl(relay->ready, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_relayed(const struct service *service, int fd, enum output output)
{
    struct relayed *from = &relay->streams[relay->count++];
    from->service = service;
    from->fd = fd;
    from->output = output;
    if (from > relay->streams)
        from->order = from[-1].order + (from[-1].service != service);
    if (output == OUTPUT_PREFIX)
        format_make_room(&relay->format, service->name);
    return stream_open(&from->stream) && watch_input(from->stream.in, from);
}

/* Calls open(), if it is not NULL, for each stream that is relayed, until it fails; returns how
 * many it is true for. */
static size_t each_relayed(const struct plan *plan,
                           bool (*open)(const struct service *service, int fd, enum output output))
{
    size_t count = 0;
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
            enum output output = settings_output(service->settings, fd);
            if (!is_relayed(output))
                continue;
            if (open != NULL && !open(service, fd, output))
                return count;
            count++;
        }
    return count;
}

/* -1 for a descriptor that is closed: its number may soon be that of a descriptor of foster's. */
static int open_or_none(int fd)
{
    struct stat status;
    return fstat(fd, &status) == -1 && errno == EBADF ? -1 : fd;
}

bool relay_begin(const struct plan *plan, int to)
{
    size_t count = each_relayed(plan, NULL);
    if (count == 0)
        return true;
    relay = arena_alloc(sizeof *relay + count * sizeof relay->streams[0]);
    format_begin(&relay->format, open_or_none(to));
    relay->ready = epoll_create1(EPOLL_CLOEXEC);
    relay->poked = eventfd(0, EFD_CLOEXEC);
    relay->finished = eventfd(0, EFD_CLOEXEC);
    if (relay->finished != -1 && watch_input(relay->poked, NULL) &&
        each_relayed(plan, open_relayed) == count && start_thread())
        return true;
    log_line(LOG_ERROR,
             "cannot relay logs: %s; each service needs two descriptors (ulimit -n), "
             "with 'log = raw' none",
             strerror(errno));
    return false;
}

/* ---- the runs of a service ---- */

/* The last one that is not behind that stream of the service, which is the stream itself if it is
 * relayed. A binary search, as the streams stand in the order of the plan. */
static struct relayed *find(const struct service *service, int fd)
{
    size_t first = 0, end = relay->count;
    while (end - first > 1) {
        size_t middle = first + (end - first) / 2;
        const struct relayed *at = &relay->streams[middle];
        if (at->service < service || (at->service == service && at->fd <= fd))
            first = middle;
        else
            end = middle;
    }
    return &relay->streams[first];
}

/* The write end, for the next run. A program that was given it may have made it non-blocking, which
 * is undone. The thread is told of the mark, as it may have read all bytes before it. */
static int run_descriptor(struct stream *stream)
{
    descriptor_set_flags(stream->out, 0);
    if (atomic_load(&stream->is_between_runs)) {
        stream_begin_run(stream);
        eventfd_write(relay->poked, 1);
    }
    return stream->out;
}

int relay_of(const struct service *service, int fd)
{
    const struct settings *settings = service->settings;
    if (is_relayed(settings_output(settings, fd)))
        return run_descriptor(&find(service, fd)->stream);
    if (settings->user != NULL)
        own_output_let_all_open();
    return RELAY_KEPT;
}

void relay_run_ended(const struct service *service)
{
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        if (!is_relayed(settings_output(service->settings, fd)))
            continue;
        atomic_store(&find(service, fd)->stream.is_between_runs, true);
        eventfd_write(relay->poked, 1);
    }
}

/* ---- the end ---- */

void relay_end(milliseconds deadline)
{
    if (relay == NULL)
        return;
    struct timespec left = clock_until(deadline);
    atomic_store(&relay->is_last, true);
    eventfd_write(relay->poked, 1);
    ppoll(&(struct pollfd){.fd = relay->finished, .events = POLLIN}, 1, &left, NULL);
}
