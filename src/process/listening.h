/*
 * listening.h - sockets that foster opens for a service and keeps open while the service restarts.
 *
 * So no connection is refused meanwhile: it waits in the backlog for the next run. The service finds them from
 * descriptor 3 on, sd_listen_fds(3).
 */
#ifndef PROCESS_LISTENING_H
#define PROCESS_LISTENING_H

struct address;

enum { LISTEN_FDS_START = 3 };

/* Opens, binds and, for a stream, listens: the descriptor, close-on-exec and blocking as systemd hands them over, or a
 * negative error number. A socket file that nobody listens on any more is replaced; one in use is EADDRINUSE. Ordinary
 * context. */
int listening_open(const struct address *address);

#endif
