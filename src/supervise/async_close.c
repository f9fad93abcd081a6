/*
 * async_close.c - see async_close.h.
 *
 * The kernel closes a file in whoever lets go of it last, on the way out of his system call (fput()
 * in fs/file_table.c). A TCP socket with SO_LINGER is waited for as long as its owner has asked
 * (inet_release() in net/ipv4/af_inet.c; not where a process ends), a file of a network or FUSE
 * file system as long as its server wants. A descriptor that is sent along AF_UNIX and not received
 * is let go of by whoever takes the message, or closes the socket that it is queued in.
 *
 * So nobody here receives a descriptor: what is not in foster's table cannot fill it, nor be
 * inherited by a child. To look at a message (MSG_PEEK) holds what comes with it only while it is
 * in the queue, which is never the last hold.
 */
#include "supervise/async_close.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process/signals.h"
#include "process/thread.h"

enum {
    THREADS_MOST = 4,
    STACK = 32 * 1024,
    CONNECTIONS_MOST = 64,             /* that may be open at a time */
    QUEUE_SIZE = 2 * CONNECTIONS_MOST, /* as many are accepted only while as many places are free */
};

/*
 * The message has been taken off when the kernel has written how long its sender's name is: before
 * it closes anything, for recvfrom(2) writes that first (__sys_recvfrom() in net/socket.c), and
 * never more than a sockaddr_un.
 */
static struct closer {
    atomic_bool is_busy;
    int socket; /* a message is to be taken off this; -1: what is queued here is to be closed */
    struct sockaddr_storage name;
    socklen_t name_length;
} closers[THREADS_MOST];

static struct closer *taking; /* NULL: nobody is */

static _Atomic(int) queue[QUEUE_SIZE]; /* 0: a free place; foster closes no standard stream here */

static bool close_one(void)
{
    for (int i = 0; i < QUEUE_SIZE; i++) {
        int fd = atomic_exchange(&queue[i], 0);
        if (fd != 0) {
            close(fd);
            return true;
        }
    }
    return false;
}

/* The thread. The signal that ends it goes to the signal thread, which wakes the supervisor. */
static void *work(void *context)
{
    struct closer *closer = context;
    signals_block_again();
    if (closer->socket != -1)
        recvfrom(closer->socket, NULL, 0, MSG_DONTWAIT, (struct sockaddr *)&closer->name,
                 &closer->name_length);
    else
        while (close_one())
            ;
    atomic_store(&closer->is_busy, false);
    kill(getpid(), SIGCHLD);
    return NULL;
}

static struct closer *free_closer(void)
{
    for (struct closer *closer = closers; closer < closers + THREADS_MOST; closer++)
        if (!atomic_load(&closer->is_busy))
            return closer;
    return NULL;
}

/* 0, EBUSY, or why there is no thread. */
static int begin(struct closer *closer, int socket)
{
    if (closer == NULL)
        return EBUSY;
    closer->socket = socket;
    closer->name_length = sizeof closer->name;
    atomic_store(&closer->is_busy, true);
    int error = thread_start_with(work, closer, STACK);
    if (error != 0)
        atomic_store(&closer->is_busy, false);
    return error;
}

int async_close_message(int socket)
{
    struct closer *closer = free_closer();
    int error = begin(closer, socket);
    if (error == 0)
        taking = closer;
    return error;
}

/* The kernel writes the length, not a thread of ours. */
static bool has_taken(const struct closer *closer)
{
    return !atomic_load(&closer->is_busy) ||
           __atomic_load_n(&closer->name_length, __ATOMIC_ACQUIRE) != sizeof closer->name;
}

bool async_close_is_taking(void)
{
    if (taking != NULL && has_taken(taking))
        taking = NULL;
    return taking != NULL;
}

/* ---- connections ---- */

static int count_queued(void)
{
    int count = 0;
    for (int i = 0; i < QUEUE_SIZE; i++)
        count += atomic_load(&queue[i]) != 0;
    return count;
}

static bool put(int fd)
{
    for (int i = 0; i < QUEUE_SIZE; i++) {
        int nobody = 0;
        if (atomic_compare_exchange_strong(&queue[i], &nobody, fd))
            return true;
    }
    return false;
}

/* After the shutdown nothing more can come, and the other side sees the end. A byte comes with each
 * descriptor. */
void async_close(int fd)
{
    int bytes = 0;
    shutdown(fd, SHUT_RDWR);
    if ((ioctl(fd, FIONREAD, &bytes) == 0 && bytes == 0) || !put(fd))
        close(fd);
    else
        begin(free_closer(), -1);
}

bool async_close_has_room(void)
{
    int queued = count_queued();
    if (queued > 0)
        begin(free_closer(), -1);
    return queued < QUEUE_SIZE - CONNECTIONS_MOST;
}

/* What has been looked at and is without descriptors is received, and not a byte more: what has
 * come since may have some. */
ssize_t async_close_receive(int fd, void *bytes, size_t size)
{
    struct iovec text = {bytes, size};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_PEEK);
    if (length > 0 && (message.msg_flags & MSG_CTRUNC) != 0) {
        errno = EBADMSG;
        return -1;
    }
    return length > 0 ? recv(fd, bytes, (size_t)length, MSG_DONTWAIT) : length;
}
