/*
 * server.c - see server.h.
 *
 * A client is served step by step, each step when its socket is ready for it: its request is read,
 * it may wait for services to change, its answer is written. What goes wrong with one client ends
 * that client only: one that is slow, silent, gone or talks rubbish has its deadline, one that
 * sends much has its limit, and none has a buffer before it has said something. What could stop the
 * whole of it is a listening socket that is ready and cannot be accepted from (no descriptors left,
 * or too many that take long to close): it would be reported again and again, so it is left alone
 * for a second.
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

#include "base/arena.h"
#include "base/log.h"
#include "control/verbs.h"
#include "process/listening.h"
#include "process/wait_status.h"
#include "supervise/async_close.h"
#include "supervise/event_loop.h"

enum { ACCEPT_AGAIN_MS = 1000, CHUNK = 1024, KEPT_FOR_SERVICES = 12 };

enum phase { FREE, READING, WAITING_FOR_SERVICES, WRITING };

static struct client {
    struct source source; /* the first member: it is what the loop knows */
    enum phase phase;
    unsigned order;        /* in which it came into the phase, among all */
    milliseconds deadline; /* of the phase, or NEVER */
    struct buffer words;
    struct writer answer; /* begins with the exit status */
    struct request request;
} * clients; /* CLIENTS_MAX of them */

/* What is answered without being asked, or without memory. */
static const char no_request[] = "2\nfoster: that was no request, whole and in time\n";
static const char too_much[] = "125\nfoster: too many ask, or there is no memory; try again\n";

static unsigned entered; /* phases, by all clients */

static const char *socket_path;
static struct stat socket_file; /* what bind(2) has made at that path */
static struct source listener;
static milliseconds accept_again =
    NEVER; /* when the listener is watched again; NEVER: it is watched */

/* ---- the end of a client ---- */

/* What a client has sent may have descriptors beside it, and to close these may take long. */
static void forget(struct client *client)
{
    event_loop_forget(&client->source);
    async_close(client->source.fd);
    buffer_drop(&client->words, client->words.length);
    buffer_drop(&client->answer.buffer, client->answer.buffer.length);
    *client = (struct client){.phase = FREE};
}

/* An answer of one line, for a socket that has taken nothing yet: it takes this, or nobody is
 * there. */
static void answer_line(int fd, const char *line)
{
    send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void dismiss(struct client *client, const char *line)
{
    answer_line(client->source.fd, line);
    forget(client);
}

/* ---- its phases ---- */

static void enter(struct client *client, enum phase phase, milliseconds time)
{
    client->phase = phase;
    client->order = entered++;
    client->deadline = time == NEVER ? NEVER : clock_now() + time;
}

/* Who came into the phase first, or NULL; with the number of those who are in it. */
static struct client *first_in(enum phase phase, unsigned *count)
{
    struct client *first = NULL;
    *count = 0;
    for (struct client *client = clients; client < clients + CLIENTS_MAX; client++) {
        if (client->phase != phase)
            continue;
        ++*count;
        if (first == NULL || client->order < first->order)
            first = client;
    }
    return first;
}

/* One that waits has got nothing yet but the place for the exit status. */
static void make_room_for_waiting(void)
{
    unsigned count;
    struct client *first = first_in(WAITING_FOR_SERVICES, &count);
    if (count > WAITING_MAX)
        dismiss(first, too_much);
}

/* False if nobody is silent: then nobody need go. */
static bool make_room(void)
{
    unsigned count;
    struct client *silent = first_in(READING, &count), *slow = first_in(WRITING, &count);
    if (silent != NULL)
        dismiss(silent, too_much);
    else if (slow != NULL)
        forget(slow);
    return silent != NULL || slow != NULL;
}

static void write_answer(struct client *client)
{
    struct buffer *answer = &client->answer.buffer;
    while (answer->length > 0) {
        ssize_t sent =
            send(client->source.fd, answer->bytes, answer->length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent == -1 && errno == EAGAIN && event_loop_watch(&client->source, EPOLLOUT))
            return;
        if (sent <= 0)
            break;
        client->deadline = clock_now() + REQUEST_TIME_MS;
        buffer_drop(answer, (size_t)sent);
    }
    forget(client);
}

static void finish(struct client *client, int status)
{
    if (client->answer.failed) {
        dismiss(client, too_much);
    } else if (status != NOT_YET) {
        client->answer.buffer.bytes[0] = (char)('0' + status);
        enter(client, WRITING, REQUEST_TIME_MS);
        write_answer(client);
    }
}

/* The request is complete, and nothing more is read. While a client waits only its end is watched
 * for, which epoll(7) does unasked. */
static void begin(struct client *client)
{
    struct text line;
    struct request *request = &client->request;
    bool makes_sense = request_read(request, client->words.bytes, &line);
    enter(client, WAITING_FOR_SERVICES, request->timeout);
    client->answer.failed = !event_loop_watch(&client->source, 0);
    writer_add(&client->answer, makes_sense ? "0\n" : "0\nfoster: %s\n", line.bytes);
    if (client->answer.failed || !makes_sense)
        finish(client, EXIT_USAGE);
    else
        finish(client, request_begin(request, &client->answer));
    make_room_for_waiting();
}

/* The words are complete when one of them is empty; the one before it ends with a NUL too.
 * (memmem(3) is 1.2 KiB.) */
static bool is_complete(const struct buffer *words)
{
    for (size_t i = 1; i < words->length; i++)
        if (words->bytes[i - 1] == '\0' && words->bytes[i] == '\0')
            return true;
    return false;
}

static void read_words(struct client *client)
{
    char chunk[CHUNK];
    ssize_t length = async_close_receive(client->source.fd, chunk, sizeof chunk);
    if (length == -1 && errno == EAGAIN)
        return;
    if (length <= 0 || client->words.length + (size_t)length > REQUEST_MAX)
        dismiss(client, no_request);
    else if (!buffer_add(&client->words, chunk, (size_t)length))
        dismiss(client, too_much);
    else if (is_complete(&client->words))
        begin(client);
}

static void client_ready(struct source *source, uint32_t events)
{
    struct client *client = (struct client *)source;
    size_t before = client->words.length + client->answer.buffer.length;
    (void)events;
    if (client->phase == READING)
        read_words(client);
    else if (client->phase == WRITING)
        write_answer(client);
    else
        forget(client);
    if (client->phase != FREE && client->words.length + client->answer.buffer.length == before)
        event_loop_yield();
}

/* ---- those who come ---- */

static bool is_allowed(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

/* There is one: those who wait are WAITING_MAX at most, and of the others one makes room. */
static struct client *free_place(void)
{
    unsigned count;
    struct client *client = first_in(FREE, &count);
    if (client == NULL && make_room())
        client = first_in(FREE, &count);
    return client;
}

/* NULL, or why not. Mostly the request is there already: then nobody who comes behind takes its
 * place. */
static const char *welcome(int fd)
{
    if (!is_allowed(fd)) {
        say(LOG_DEBUG, "a control client of another user was refused");
        return "125\nfoster: only root and the user that foster runs as may ask\n";
    }
    struct client *client = free_place();
    client->source = (struct source){fd, client_ready};
    if (!event_loop_watch(&client->source, EPOLLIN))
        return too_much;
    enter(client, READING, REQUEST_TIME_MS);
    read_words(client);
    return NULL;
}

/* A client gives back its descriptor; false if there is none. */
static bool give_back_one(void)
{
    unsigned count;
    struct client *waiting = first_in(WAITING_FOR_SERVICES, &count);
    if (make_room())
        return true;
    if (waiting != NULL)
        dismiss(waiting, too_much);
    return waiting != NULL;
}

static unsigned count_clients(void)
{
    unsigned free;
    first_in(FREE, &free);
    return CLIENTS_MAX - free;
}

/* How many there may be, so that starts and probes find descriptors. What foster has open for good
 * has lower numbers than its listener. */
static unsigned most_clients(int listening)
{
    struct rlimit limit;
    rlim_t kept = (rlim_t)listening + KEPT_FOR_SERVICES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= kept + CLIENTS_MAX)
        return CLIENTS_MAX;
    return limit.rlim_cur > kept ? (unsigned)(limit.rlim_cur - kept) : 1;
}

/* Nobody can be accepted, by that error, or because none can be closed (0): where descriptors lack
 * a client gives back its own, else it is tried later, and said once. */
static void rest(int error)
{
    static bool said;
    if ((error == EMFILE || error == ENFILE) && give_back_one())
        return;
    if (error != 0 && !said)
        say(LOG_WARNING, "foster ctl is not heard: %s", strerror(error));
    said |= error != 0;
    event_loop_forget(&listener);
    accept_again = clock_now() + ACCEPT_AGAIN_MS;
}

static void listener_ready(struct source *source, uint32_t events)
{
    async_close_retry();
    bool has_room = async_close_has_room();
    int fd = has_room ? accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;
    (void)events;
    if (fd != -1 && count_clients() >= most_clients(source->fd))
        give_back_one();
    const char *refusal = fd != -1 ? welcome(fd) : NULL;
    if (refusal != NULL) {
        answer_line(fd, refusal);
        async_close(fd);
    } else if (!has_room ||
               (fd == -1 && errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)) {
        rest(has_room ? errno : 0);
    } else if (fd == -1) {
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

bool server_open(const char *path)
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
    clients = arena_alloc(CLIENTS_MAX * sizeof *clients);
    listener = (struct source){fd, listener_ready};
    return ioctl(fd, FIONBIO, &(int){1}) == 0 && event_loop_watch(&listener, EPOLLIN);
}

/* Its time in the phase is over. */
static void expire(struct client *client)
{
    if (client->phase == READING)
        dismiss(client, no_request);
    else if (client->phase == WRITING)
        forget(client);
    else
        finish(client, request_give_up(&client->request, &client->answer));
}

void server_look(void)
{
    milliseconds now = clock_now();
    if (now >= accept_again)
        accept_again = event_loop_watch(&listener, EPOLLIN) ? NEVER : now + ACCEPT_AGAIN_MS;
    for (struct client *client = clients; client < clients + CLIENTS_MAX; client++) {
        if (client->phase == WAITING_FOR_SERVICES)
            finish(client, request_look(&client->request, &client->answer));
        if (client->phase != FREE && now >= client->deadline)
            expire(client);
    }
}

milliseconds server_due(void)
{
    milliseconds due = accept_again;
    for (const struct client *client = clients; client < clients + CLIENTS_MAX; client++)
        if (client->phase != FREE && client->deadline < due)
            due = client->deadline;
    return due;
}

void server_close(void)
{
    struct stat file;
    if (socket_path != NULL && lstat(socket_path, &file) == 0 &&
        file.st_dev == socket_file.st_dev && file.st_ino == socket_file.st_ino)
        unlink(socket_path);
}
