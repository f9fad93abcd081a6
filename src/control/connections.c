/*
 * connections.c - see connections.h.
 *
 * A client is served step by step, each step when its socket is ready: its request is read, it may
 * wait for services, its answer is written. What goes wrong with a client ends that client only. A
 * client that is slow or silent has a deadline, one that sends much has a limit, and none has a
 * buffer before it has sent something.
 */
#include "control/connections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "control/request.h"
#include "process/wait_status.h"
#include "supervise/async_close.h"
#include "supervise/event_loop.h"

enum { CHUNK = 1024 };

enum phase { FREE, READING, WAITING_FOR_SERVICES, WRITING };

static struct connection {
    struct source source; /* the first member, as the event loop knows only the source */
    enum phase phase;
    unsigned order;        /* rises with each phase that any client enters */
    milliseconds deadline; /* of the phase, or NEVER */
    struct buffer words;   /* of the request */
    struct writer answer;  /* begins with the exit status */
    struct request request;
} * connections; /* CONNECTIONS_MAX of them */

static unsigned phases_entered; /* by all clients */

/* Answers that need no memory. */
static const char no_request[] = "2\nfoster: the request was incomplete or came too late\n";
static const char too_many[] = "125\nfoster: too many clients, or no memory; try again later\n";

/* ---- the end of a connection ---- */

/* A client may have sent descriptors, whose closing can take long. */
static void end_connection(struct connection *client)
{
    event_loop_forget(&client->source);
    async_close(client->source.fd);
    buffer_drop(&client->words, client->words.length);
    buffer_drop(&client->answer.buffer, client->answer.buffer.length);
    *client = (struct connection){.phase = FREE};
}

/* Nothing has been written to the socket yet, so it takes the line, unless the client is gone. */
static void answer_line(int fd, const char *line)
{
    send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void dismiss(struct connection *client, const char *line)
{
    answer_line(client->source.fd, line);
    end_connection(client);
}

/* ---- the phases ---- */

static void enter_phase(struct connection *client, enum phase phase, milliseconds time)
{
    client->phase = phase;
    client->order = phases_entered++;
    client->deadline = time == NEVER ? NEVER : clock_now() + time;
}

/* The client that entered the phase first, or NULL; and the number of clients in the phase. */
static struct connection *first_in(enum phase phase, unsigned *count)
{
    struct connection *first = NULL;
    *count = 0;
    for (struct connection *client = connections; client < connections + CONNECTIONS_MAX;
         client++) {
        if (client->phase != phase)
            continue;
        ++*count;
        if (first == NULL || client->order < first->order)
            first = client;
    }
    return first;
}

/* Nothing has been written to a client that waits. */
static void limit_waiting(void)
{
    unsigned count;
    struct connection *first = first_in(WAITING_FOR_SERVICES, &count);
    if (count > WAITING_MAX)
        dismiss(first, too_many);
}

/* Ends a client that reads or writes; false if there is none. */
static bool end_active(void)
{
    unsigned count;
    struct connection *silent = first_in(READING, &count), *slow = first_in(WRITING, &count);
    if (silent != NULL)
        dismiss(silent, too_many);
    else if (slow != NULL)
        end_connection(slow);
    return silent != NULL || slow != NULL;
}

static void write_answer(struct connection *client)
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
    end_connection(client);
}

static void finish_request(struct connection *client, int status)
{
    if (client->answer.failed) {
        dismiss(client, too_many);
    } else if (status != REQUEST_WAITS) {
        client->answer.buffer.bytes[0] = (char)('0' + status);
        enter_phase(client, WRITING, REQUEST_TIME_MS);
        write_answer(client);
    }
}

/* Begins a request that is complete. From now on nothing is read from the socket; its end is
 * reported all the same, epoll_ctl(2), EPOLLHUP. */
static void begin_request(struct connection *client)
{
    struct text line;
    struct request *request = &client->request;
    bool is_right = request_read(request, client->words.bytes, &line);
    enter_phase(client, WAITING_FOR_SERVICES, request->timeout);
    client->answer.failed = !event_loop_watch(&client->source, 0);
    writer_add(&client->answer, is_right ? "0\n" : "0\nfoster: %s\n", line.bytes);
    if (client->answer.failed || !is_right)
        finish_request(client, EXIT_USAGE);
    else
        finish_request(client, request_begin(request, &client->answer));
    limit_waiting();
}

/* The words are complete when one is empty: two NULs in a row. (memmem(3) is 1.2 KiB.) */
static bool is_complete(const struct buffer *words)
{
    for (size_t i = 1; i < words->length; i++)
        if (words->bytes[i - 1] == '\0' && words->bytes[i] == '\0')
            return true;
    return false;
}

static void read_request(struct connection *client)
{
    char chunk[CHUNK];
    ssize_t length = async_close_receive(client->source.fd, chunk, sizeof chunk);
    if (length == -1 && errno == EAGAIN)
        return;
    if (length <= 0 || client->words.length + (size_t)length > REQUEST_MAX)
        dismiss(client, no_request);
    else if (!buffer_add(&client->words, chunk, (size_t)length))
        dismiss(client, too_many);
    else if (is_complete(&client->words))
        begin_request(client);
}

/* A client that waits is reported only when it is gone. Where nothing was read or written the loop
 * must yield, because the socket is reported again at once. */
static void client_ready(struct source *source, uint32_t events)
{
    struct connection *client = (struct connection *)source;
    size_t before = client->words.length + client->answer.buffer.length;
    (void)events;
    if (client->phase == READING)
        read_request(client);
    else if (client->phase == WRITING)
        write_answer(client);
    else
        end_connection(client);
    if (client->phase != FREE && client->words.length + client->answer.buffer.length == before)
        event_loop_yield();
}

/* ---- the server's side ---- */

void connections_begin(void)
{
    connections = arena_alloc(CONNECTIONS_MAX * sizeof *connections);
}

void connections_refuse(int fd, const char *line)
{
    answer_line(fd, line);
    async_close(fd);
}

/* There is always a place: at most WAITING_MAX clients wait, and any other makes room. */
static struct connection *free_place(void)
{
    unsigned count;
    struct connection *place = first_in(FREE, &count);
    if (place == NULL && end_active())
        place = first_in(FREE, &count);
    return place;
}

/* Reads at once, because the request has mostly come with the connection: then the client that
 * comes next does not take its place. */
void connections_add(int fd)
{
    struct connection *client = free_place();
    client->source = (struct source){fd, client_ready};
    if (event_loop_watch(&client->source, EPOLLIN)) {
        enter_phase(client, READING, REQUEST_TIME_MS);
        read_request(client);
    } else {
        connections_refuse(fd, too_many);
    }
}

bool connections_end_one(void)
{
    unsigned count;
    struct connection *waiting = first_in(WAITING_FOR_SERVICES, &count);
    if (end_active())
        return true;
    if (waiting != NULL)
        dismiss(waiting, too_many);
    return waiting != NULL;
}

unsigned connections_count(void)
{
    unsigned free;
    first_in(FREE, &free);
    return CONNECTIONS_MAX - free;
}

static void expire(struct connection *client)
{
    if (client->phase == READING)
        dismiss(client, no_request);
    else if (client->phase == WRITING)
        end_connection(client);
    else
        finish_request(client, request_give_up(&client->request, &client->answer));
}

void connections_look(void)
{
    milliseconds now = clock_now();
    for (struct connection *client = connections; client < connections + CONNECTIONS_MAX;
         client++) {
        if (client->phase == WAITING_FOR_SERVICES)
            finish_request(client, request_look(&client->request, &client->answer));
        if (client->phase != FREE && now >= client->deadline)
            expire(client);
    }
}

milliseconds connections_due(void)
{
    milliseconds due = NEVER;
    for (const struct connection *client = connections; client < connections + CONNECTIONS_MAX;
         client++)
        if (client->phase != FREE && client->deadline < due)
            due = client->deadline;
    return due;
}
