/*
 * async_close.h - descriptors that somebody sent to us are closed where nobody waits for it.
 *
 * Who has a file last closes it, and that may take as long as somebody else likes: see
 * async_close.c. So it is done by short-lived threads, a handful at most, which end with foster.
 */
#ifndef SUPERVISE_ASYNC_CLOSE_H
#define SUPERVISE_ASYNC_CLOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Takes the first message off a datagram socket and closes the descriptors that came with it, in a
 * thread: 0; EBUSY while all threads are at work; or why there is no thread. Until
 * async_close_is_taking() says no the message may still be in the queue, and nobody else may read.
 * Supervisor's thread; never waits.
 */
int async_close_message(int socket);

/* True while a message is being taken off. Never waits. A SIGCHLD to foster itself says that a
 * thread is through. */
bool async_close_is_taking(void);

/* Closes a connection of AF_UNIX with all that is queued in it. Supervisor's thread; never waits.
 */
void async_close(int fd);

/* True if more connections may be accepted: all of them, at most 64, can be given to async_close().
 * Tries those again that no thread was to be had for. Supervisor's thread. */
bool async_close_has_room(void);

/* Receives from a connection of AF_UNIX, as recv(2) does, without ever taking a descriptor: -1 and
 * EBADMSG if there are any in what has come. Never waits. */
ssize_t async_close_receive(int fd, void *bytes, size_t size);

#endif
