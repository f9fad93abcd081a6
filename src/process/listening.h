/*
 * listening.h - sockets that foster opens for a service and keeps open while the service restarts.
 *
 * Meanwhile no connection is refused: it waits in the backlog for the next run. The service has the
 * sockets as descriptors 3 and up, sd_listen_fds(3). All functions: one thread.
 */
#ifndef PROCESS_LISTENING_H
#define PROCESS_LISTENING_H

#include <stdbool.h>
#include <sys/types.h>

struct address;
struct user;

enum { LISTEN_FDS_START = 3 };

/* Opens a socket, binds it and, if it is a stream, listens on it. Returns the descriptor,
 * close-on-exec and blocking as systemd passes them, or a negative error number.
 *
 * A socket file gets that mode and, unless user is NULL, that owner. If root alone controls its
 * path (trusted_path.h) foster makes it; else a child with the user's ids makes it, so that the
 * user gets no file that he could not make himself: ETIMEDOUT if that takes longer than 100 ms. A
 * socket file on which no process listens any more is replaced; one in use is EADDRINUSE. */
int listening_open(const struct address *address, const struct user *user, mode_t mode);

/* True if the socket is still as listening_open() made it. A service may have ended it for all
 * processes by shutdown(2) or connect(2), or removed its file. Does not block on a file system that
 * other users than root may have mounted. */
bool listening_is_intact(int fd, const struct address *address, const struct user *user);

#endif
