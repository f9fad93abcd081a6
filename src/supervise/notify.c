/*
 * notify.c - see notify.h.
 *
 * Anybody in our network namespace can write to the socket, so what is read is bounded, in bytes
 * and in messages at a time, and no descriptor is ever received: see async_close.c. What is
 * malformed or unknown is passed over, as sd_notify(3) wants it.
 */
#include "supervise/notify.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "supervise/async_close.h"
#include "supervise/event_loop.h"

enum {
    AUTOBIND_DIGITS = 5, /* of the name that the kernel chooses, unix(7) */
    MESSAGE_MAX = 4096,
    PASSED_OVER_MAX = 16, /* messages in one call */
    TAKING_MS = 10,       /* until it is looked whether a thread has taken a message off */
    STUCK_MS = 1000,      /* until a thread is asked for again */
    US_PER_MS = 1000,
};

static int notify_socket = -1;
static bool is_let_go =
    true; /* the message that was taken last is off the queue, or in a thread's hands */
static char variable[] = "NOTIFY_SOCKET=@00000";
enum { NAME_AT = sizeof variable - 1 - AUTOBIND_DIGITS };

/* A filter may forbid this alone. */
static bool can_receive(int fd)
{
    return recvmsg(fd, &(struct msghdr){0}, MSG_DONTWAIT | MSG_PEEK) != -1 || errno == EAGAIN;
}

/* Binds it to a name of the kernel's choice and notes that. Credentials come with each message from
 * now on. */
static bool name_socket(int fd)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof name;
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == -1 ||
        bind(fd, (const struct sockaddr *)&name, sizeof name.sun_family) == -1 ||
        getsockname(fd, (struct sockaddr *)&name, &size) == -1 || !can_receive(fd))
        return false;
    memcpy(variable + NAME_AT, name.sun_path + 1, AUTOBIND_DIGITS);
    return size == offsetof(struct sockaddr_un, sun_path) + 1 + AUTOBIND_DIGITS;
}

int notify_open(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd != -1 && !name_socket(fd)) {
        close(fd);
        fd = -1;
    }
    notify_socket = fd;
    return fd;
}

const char *notify_variable(void)
{
    return notify_socket != -1 ? variable : NULL;
}

/* ---- what it says ---- */

/* Lines that say all there is to say, and what they set. */
struct statement {
    const char *line;
    size_t field; /* a bool */
};
static const struct statement statements[] = {
    {"READY=1", offsetof(struct notification, ready)},
    {"RELOADING=1", offsetof(struct notification, reloading)},
    {"STOPPING=1", offsetof(struct notification, stopping)},
    {"WATCHDOG=1", offsetof(struct notification, watchdog)},
    {"WATCHDOG=trigger", offsetof(struct notification, watchdog_trigger)},
};

static void read_pid(struct notification *notification, const char *value)
{
    long pid;
    if (text_to_number(value, 1, INT_MAX, &pid))
        notification->main_pid = (pid_t)pid;
}

/* Rounded up: what is asked for is never cut to nothing. */
static void read_span(milliseconds *span, const char *value)
{
    const char *end;
    int64_t number = text_number(value, &end);
    if (*end == '\0')
        *span = number / US_PER_MS + (number % US_PER_MS != 0);
}

static void read_watchdog(struct notification *notification, const char *value)
{
    read_span(&notification->watchdog_interval, value);
}

static void read_extension(struct notification *notification, const char *value)
{
    read_span(&notification->extend, value);
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80; /* utf-8(7) */
}

/* Cut where a character begins. */
static void read_status(struct notification *notification, const char *value)
{
    struct text text;
    text_clear(&text);
    text_add(&text, "%s", value);
    size_t length = text.length;
    if (length >= NOTIFY_STATUS_MAX)
        for (length = NOTIFY_STATUS_MAX - 1; length > 0 && continues_character(text.bytes[length]);)
            length--;
    memcpy(notification->status, text.bytes, length);
    notification->status[length] = '\0';
    notification->has_status = true;
}

struct assignment {
    const char *name;
    void (*read)(struct notification *notification, const char *value);
};
static const struct assignment assignments[] = {
    {"STATUS=", read_status},
    {"MAINPID=", read_pid},
    {"WATCHDOG_USEC=", read_watchdog},
    {"EXTEND_TIMEOUT_USEC=", read_extension},
};

static void read_line(struct notification *notification, const char *line)
{
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        if (strcmp(line, statements[i].line) == 0)
            *((bool *)((char *)notification + statements[i].field)) = true;
    for (size_t i = 0; i < sizeof assignments / sizeof assignments[0]; i++) {
        size_t length = strlen(assignments[i].name);
        if (strncmp(line, assignments[i].name, length) == 0)
            assignments[i].read(notification, line + length);
    }
}

/* The bytes end with NUL. */
static void read_lines(struct notification *notification, char *bytes)
{
    char *end;
    for (char *line = bytes; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        read_line(notification, line);
    }
}

/* ---- how it comes ---- */

struct letter {
    char bytes[MESSAGE_MAX + 1];
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } beside;
};

/* The pid is 0 if nobody vouches for the sender: also for one in a pid namespace that is not below
 * ours. */
static struct ucred sender_of(struct msghdr *message)
{
    struct ucred sender = {0};
    struct cmsghdr *first = CMSG_FIRSTHDR(message);
    if (first != NULL && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_CREDENTIALS)
        memcpy(&sender, CMSG_DATA(first), sizeof sender);
    return sender;
}

/* The text of a message, ended with NUL. Of one that is too long the line that is cut is left out.
 */
static void end_text(struct letter *letter, size_t length, bool cut)
{
    char *last = cut ? memrchr(letter->bytes, '\n', length) : letter->bytes + length;
    *(last != NULL ? last : letter->bytes) = '\0';
}

milliseconds notify_pause(void)
{
    if (async_close_is_taking())
        return TAKING_MS;
    is_let_go = is_let_go || async_close_message(notify_socket) == 0;
    if (!is_let_go)
        return STUCK_MS;
    return async_close_is_taking() ? TAKING_MS : 0;
}

/*
 * Receives one message: false if there is none. The sender's pid is 0 for one that is not to be
 * believed. The message is looked at first, with room for the credentials alone, which come first
 * (scm_recv() in include/net/scm.h): MSG_CTRUNC then means that there are descriptors. Those are
 * for a thread to let go of, once all that was said is done.
 */
static bool receive(struct letter *letter, struct ucred *sender)
{
    static bool was_empty;
    struct iovec text = {letter->bytes, MESSAGE_MAX};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &letter->beside,
                             .msg_controllen = sizeof letter->beside.bytes};
    if (notify_pause() != 0)
        return false;
    ssize_t length = recvmsg(notify_socket, &message, MSG_DONTWAIT | MSG_PEEK);
    if (length == -1 && was_empty)
        event_loop_yield(); /* nothing since the last time, so why were we called? */
    was_empty = length == -1;
    if (was_empty)
        return false;
    *sender = sender_of(&message);
    end_text(letter, (size_t)length, (message.msg_flags & MSG_TRUNC) != 0);
    is_let_go = (message.msg_flags & MSG_CTRUNC) == 0;
    message.msg_iovlen = 0;
    if (is_let_go)
        (void)recvmsg(notify_socket, &message, MSG_DONTWAIT);
    return true;
}

bool notify_take(struct notification *notification)
{
    struct letter letter;
    struct ucred sender = {0};
    for (int i = 0; i < PASSED_OVER_MAX && sender.pid == 0; i++)
        if (!receive(&letter, &sender))
            return false;
    if (sender.pid == 0)
        return false;
    *notification = (struct notification){.sender = sender.pid, .uid = sender.uid};
    read_lines(notification, letter.bytes);
    return true;
}
