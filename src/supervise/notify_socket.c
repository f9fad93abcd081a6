/*
 * notify_socket.c - see notify_socket.h.
 *
 * Any process in foster's network namespace can write to the socket. So the bytes that are read,
 * and the messages that are skipped in one call, are bounded; and no descriptor is ever received:
 * async_close.c says why.
 */
#include "supervise/notify_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervise/async_close.h"
#include "supervise/event_loop.h"

enum {
    AUTOBIND_DIGITS = 5, /* of the name that the kernel chooses, unix(7) */
    MESSAGE_MAX = 4096,
    SKIPPED_MAX = 16, /* messages in one call */
    REMOVAL_MS = 10,  /* after which to look whether a thread has removed a message */
    RETRY_MS = 1000,  /* after which to try again to start a thread */
};

static int notify_socket = -1;
static bool is_removed = true; /* the last message, or a thread is removing it */
static char variable[] = "NOTIFY_SOCKET=@00000";
enum { NAME_AT = sizeof variable - 1 - AUTOBIND_DIGITS };

/* A seccomp filter may forbid recvmsg(2) alone. */
static bool can_receive(int fd)
{
    return recvmsg(fd, &(struct msghdr){0}, MSG_DONTWAIT | MSG_PEEK) != -1 || errno == EAGAIN;
}

/* Binds the socket to a name of the kernel's choice, and writes that into the variable. Each
 * message comes with credentials from then on. */
static bool bind_socket(int fd)
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

int notify_socket_open(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd != -1 && !bind_socket(fd)) {
        close(fd);
        fd = -1;
    }
    notify_socket = fd;
    return fd;
}

const char *notify_socket_variable(void)
{
    return notify_socket != -1 ? variable : NULL;
}

milliseconds notify_socket_release(void)
{
    if (async_close_is_removing())
        return REMOVAL_MS;
    is_removed = is_removed || async_close_message(notify_socket) == 0;
    if (!is_removed)
        return RETRY_MS;
    return async_close_is_removing() ? REMOVAL_MS : 0;
}

struct datagram {
    char bytes[MESSAGE_MAX + 1];
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
};

/* The pid is 0 where the kernel does not vouch for the sender, as for one in a pid namespace that
 * is not below foster's. */
static struct ucred sender_of(struct msghdr *message)
{
    struct ucred sender = {0};
    struct cmsghdr *first = CMSG_FIRSTHDR(message);
    if (first != NULL && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_CREDENTIALS)
        memcpy(&sender, CMSG_DATA(first), sizeof sender);
    return sender;
}

/* Ends the text with NUL. If the message was cut, so was its last line, which is left out. */
static void end_text(struct datagram *datagram, size_t length, bool was_cut)
{
    char *end = was_cut ? memrchr(datagram->bytes, '\n', length) : datagram->bytes + length;
    *(end != NULL ? end : datagram->bytes) = '\0';
}

/*
 * Receives one message: false if there is none. It is peeked at first, with room for the
 * credentials alone, which come first (scm_recv() in include/net/scm.h): MSG_CTRUNC then means that
 * descriptors came with it. Such a message stays in the queue for notify_socket_release(); another
 * is removed at once.
 */
static bool receive(struct datagram *datagram, struct ucred *sender)
{
    static bool was_empty;
    struct iovec text = {datagram->bytes, MESSAGE_MAX};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &datagram->control,
                             .msg_controllen = sizeof datagram->control.bytes};
    if (notify_socket_release() != 0)
        return false;
    ssize_t length = recvmsg(notify_socket, &message, MSG_DONTWAIT | MSG_PEEK);
    if (length == -1 && was_empty)
        event_loop_yield(); /* it was reported as readable and is empty, for the second time */
    was_empty = length == -1;
    if (was_empty)
        return false;
    *sender = sender_of(&message);
    end_text(datagram, (size_t)length, (message.msg_flags & MSG_TRUNC) != 0);
    is_removed = (message.msg_flags & MSG_CTRUNC) == 0;
    message.msg_iovlen = 0;
    if (is_removed)
        (void)recvmsg(notify_socket, &message, MSG_DONTWAIT);
    return true;
}

bool notify_socket_receive(struct notify_message *message)
{
    struct datagram datagram;
    struct ucred sender = {0};
    for (int i = 0; i < SKIPPED_MAX && sender.pid == 0; i++)
        if (!receive(&datagram, &sender))
            return false;
    if (sender.pid == 0)
        return false;
    *message = (struct notify_message){.sender = sender.pid, .uid = sender.uid};
    notify_message_read(message, datagram.bytes);
    return true;
}
