/*
 * notify_socket.h - the socket of sd_notify(3).
 *
 * One datagram socket for all services, in the abstract namespace (no writable path is needed),
 * under a name that the kernel chooses. The kernel vouches for the pid and the uid of a sender
 * (unix(7), SCM_CREDENTIALS).
 */
#ifndef SUPERVISE_NOTIFY_SOCKET_H
#define SUPERVISE_NOTIFY_SOCKET_H

#include <stdbool.h>

#include "supervise/notify_message.h"

/* Opens the socket: its descriptor, close-on-exec and non-blocking, or -1. Called once, before the
 * first start. */
int notify_socket_open(void);

/* "NOTIFY_SOCKET=@..." for the environment of a service; NULL if there is no socket. Any thread. */
const char *notify_socket_variable(void);

/* Receives one message: false if there is none. A message whose sender the kernel does not vouch
 * for is skipped. Descriptors that came with it stay open until the next call of this or of
 * notify_socket_release(): a sender that waits for them to be closed (BARRIER=1) waits until all
 * that it said is done. Supervisor's thread. Never blocks. */
bool notify_socket_receive(struct notify_message *message);

/* Has the last message removed from the socket, with the descriptors that came with it, by a thread
 * (async_close.h). Returns 0 when the next message can be received, or the time in milliseconds
 * after which to call it again; a SIGCHLD that foster sends itself says earlier when.
 * Supervisor's thread. Never blocks. */
milliseconds notify_socket_release(void);

#endif
