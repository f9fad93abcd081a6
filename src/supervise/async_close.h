/*
 * async_close.h - descriptors that other processes sent to foster are closed in threads.
 *
 * The close(2) that ends a file may block for as long as another process likes: async_close.c says
 * how. So short-lived threads close them, at most four at a time; they end with foster at the
 * latest.
 */
#ifndef SUPERVISE_ASYNC_CLOSE_H
#define SUPERVISE_ASYNC_CLOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Removes the first message of a datagram socket, in a thread, and closes the descriptors that came
 * with it. 0; EBUSY while all threads are at work; or the error for which no thread could be
 * started. While async_close_is_removing() the message may still be in the queue, and nothing else
 * may be read from the socket. Supervisor's thread. Never blocks.
 */
int async_close_message(int socket);

/* True while a message is being removed. A SIGCHLD that foster sends itself tells that a thread has
 * ended. Supervisor's thread. */
bool async_close_is_removing(void);

/* Closes a connection of AF_UNIX or a socket that listens, with the descriptors that are queued in
 * it. True if it is closed already, and no thread has to do it. Supervisor's thread. Never
 * blocks. */
bool async_close(int fd);

/* Starts a thread for connections that could not be closed yet, as no thread could be started for
 * them. Supervisor's thread. Never blocks. */
void async_close_retry(void);

/* True if one more connection may be accepted, or one socket that listens may be closed: all
 * connections that are open, 64 at most, can still be given to async_close() then. Supervisor's
 * thread. */
bool async_close_has_room(void);

/* Receives from a connection of AF_UNIX as recv(2) does, and never a descriptor: -1 and EBADMSG if
 * one came with the bytes. Never blocks. */
ssize_t async_close_receive(int fd, void *bytes, size_t size);

#endif
