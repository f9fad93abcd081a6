/*
 * async_close.c - see async_close.h.
 *
 * The kernel closes a file in the process that lets go of it last, before its system call returns
 * (fput() in fs/file_table.c). With a TCP socket that has SO_LINGER this takes as long as its owner
 * has asked for (inet_release() in net/ipv4/af_inet.c; not if the process is ending), with a file
 * of a network or FUSE file system as long as its server wants. A descriptor that is sent along
 * AF_UNIX and never received is let go of by the process that removes the message, or closes the
 * socket in whose queue the message is.
 *
 * So foster never receives a descriptor: it cannot fill foster's table, and no child inherits it.
 * To peek at a message (MSG_PEEK) holds its descriptors only while the message is in the queue,
 * which is never the last hold.
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
    CONNECTIONS_MOST = 64,             /* open at a time */
    QUEUE_SIZE = 2 * CONNECTIONS_MOST, /* one is accepted only while CONNECTIONS_MOST are free */
};

/*
 * The message is removed when the kernel has written the length of its sender's name: recvfrom(2)
 * writes that before it closes anything (__sys_recvfrom() in net/socket.c), and it is never longer
 * than a sockaddr_un.
 */
static struct closer {
    atomic_bool is_busy;
    int socket; /* a message of it is to be removed; -1: the queued connections are to be closed */
    struct sockaddr_storage name;
    socklen_t name_length;
} closers[THREADS_MOST];

/* The closer that was given the last message, until it is given something else; or NULL. */
static struct closer *remover;

static _Atomic(int) queue[QUEUE_SIZE]; /* connections; 0: a free place, as stdin is never queued */

/* Closes one of the queue; false if there is none. May block. */
static bool close_queued(void)
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

/* The thread. May block. The signal thread takes the SIGCHLD, and wakes the supervisor's. */
static void *work(void *context)
{
    struct closer *closer = context;
    signals_block_again();
    if (closer->socket != -1)
        recvfrom(closer->socket, NULL, 0, MSG_DONTWAIT, (struct sockaddr *)&closer->name,
                 &closer->name_length);
    else
        while (close_queued())
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

/* 0, EBUSY, or the error for which no thread could be started. */
static int begin(struct closer *closer, int socket)
{
    if (closer == NULL)
        return EBUSY;
    if (closer == remover)
        remover = NULL;
    closer->socket = socket;
    closer->name_length = sizeof closer->name;
    atomic_store(&closer->is_busy, true);
    int error = thread_start_with(work, closer, THREAD_STACK);
    if (error != 0)
        atomic_store(&closer->is_busy, false);
    return error;
}

int async_close_message(int socket)
{
    struct closer *closer = free_closer();
    int error = begin(closer, socket);
    if (error == 0)
        remover = closer;
    return error;
}

/* The kernel writes the length, not a thread of foster's: no _Atomic, but as one. */
static bool has_removed(const struct closer *closer)
{
    return !atomic_load(&closer->is_busy) ||
           __atomic_load_n(&closer->name_length, __ATOMIC_ACQUIRE) != sizeof closer->name;
}

bool async_close_is_removing(void)
{
    return remover != NULL && !has_removed(remover);
}

/* ---- connections ---- */

static int count_queued(void)
{
    int count = 0;
    for (int i = 0; i < QUEUE_SIZE; i++)
        count += atomic_load(&queue[i]) != 0;
    return count;
}

static bool enqueue(int fd)
{
    for (int i = 0; i < QUEUE_SIZE; i++) {
        int free_place = 0;
        if (atomic_compare_exchange_strong(&queue[i], &free_place, fd))
            return true;
    }
    return false;
}

/* After the shutdown nothing more can arrive, and the other side sees the end of file. A descriptor
 * comes with at least one byte: without bytes there is none to close. Of a socket that listens
 * FIONREAD fails: its connections may have any. */
bool async_close(int fd)
{
    int bytes = 0;
    shutdown(fd, SHUT_RDWR);
    bool is_empty = ioctl(fd, FIONREAD, &bytes) == 0 && bytes == 0;
    if (!is_empty && enqueue(fd)) {
        begin(free_closer(), -1);
        return false;
    }
    close(fd);
    return true;
}

void async_close_retry(void)
{
    if (count_queued() > 0)
        begin(free_closer(), -1);
}

bool async_close_has_room(void)
{
    return count_queued() < QUEUE_SIZE - CONNECTIONS_MOST;
}

/* Only the bytes that were peeked at are received: those that have come since may have descriptors.
 */
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
