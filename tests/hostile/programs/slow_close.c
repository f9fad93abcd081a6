/*
 * slow_close HOW SENDERS COPIES FILE - sends descriptors whose last close takes a minute, and
 * closes its own. Each of SENDERS processes sends one message with COPIES copies of the descriptor
 * of a TCP socket with SO_LINGER and unsent data. FILE is made when each has sent its message, or
 * would have to wait for room in the queue. HOW is the receiver:
 *
 * - notify: NOTIFY_SOCKET.
 * - first PATH: foster's control socket, with the first byte of a request.
 * - after PATH: foster's control socket, after a complete request.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINGER_S = 60, CHUNK = 65536, COPIES_MOST = 253, MODE = 0666 };

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* A connection that is full and not read. */
static int stuffed_socket(void)
{
    static char chunk[CHUNK];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&here, size) == -1 || listen(listener, 1) == -1 ||
        getsockname(listener, (struct sockaddr *)&here, &size) == -1 ||
        connect(fd, (struct sockaddr *)&here, size) == -1)
        fail("slow_close: no connection");
    while (send(fd, chunk, sizeof chunk, MSG_DONTWAIT) > 0)
        ;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, LINGER_S}, sizeof(struct linger));
    return fd;
}

static int connect_to(const char *path, int type)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    memcpy(to.sun_path, path, length);
    if (*path == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, type, 0);
    if (connect(fd, (struct sockaddr *)&to, offsetof(struct sockaddr_un, sun_path) + length) == -1)
        fail(path);
    return fd;
}

static ssize_t send_copies(int to, const char *bytes, size_t length, int fd, int copies, int flags)
{
    struct iovec text = {(void *)(uintptr_t)bytes, length};
    alignas(struct cmsghdr) char beside[CMSG_SPACE(sizeof fd * COPIES_MOST)] = {0};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = beside};
    message.msg_controllen = CMSG_SPACE(sizeof fd * copies);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd * copies);
    for (int i = 0; i < copies; i++)
        memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
    return sendmsg(to, &message, MSG_NOSIGNAL | flags);
}

static void send_one(char *how, char *path, int copies, int told)
{
    static const char status[] = "STATUS=here", request[] = "status\0"; /* and an empty word */
    int fd = stuffed_socket();
    int to = path == NULL ? connect_to(getenv("NOTIFY_SOCKET"), SOCK_DGRAM)
                          : connect_to(path, SOCK_STREAM);
    const char *bytes = path == NULL ? status : request;
    size_t length = path == NULL ? sizeof status - 1 : sizeof request;
    if (strcmp(how, "after") == 0 && send(to, request, sizeof request, 0) == -1)
        fail("slow_close: no request");
    ssize_t sent = send_copies(to, bytes, length, fd, copies, MSG_DONTWAIT);
    write(told, "", 1);
    if (sent == -1)
        send_copies(to, bytes, length, fd, copies, 0);
    close(fd);
    if (path != NULL)
        shutdown(to, SHUT_WR);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    int ends[2], first = argc == 6 ? 3 : 2;
    char byte;
    if (argc < 5 || pipe(ends) == -1)
        return 2;
    for (int i = 0; i < atoi(argv[first]); i++)
        if (fork() == 0)
            send_one(argv[1], first == 3 ? argv[2] : NULL, atoi(argv[first + 1]), ends[1]);
    for (int i = 0; i < atoi(argv[first]); i++)
        if (read(ends[0], &byte, 1) != 1)
            return 2;
    close(open(argv[first + 2], O_CREAT | O_WRONLY, MODE));
    for (;;)
        pause();
}
