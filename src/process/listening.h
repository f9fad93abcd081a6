/*
 * listening.h - sockets that foster opens for a service and keeps open while the service restarts.
 *
 * So no connection is refused meanwhile: it waits in the backlog for the next run. The service
 * finds them from descriptor 3 on, sd_listen_fds(3).
 */
#ifndef PROCESS_LISTENING_H
#define PROCESS_LISTENING_H

#include <stdbool.h>
#include <sys/types.h>

struct address;
struct user;

enum { LISTEN_FDS_START = 3 };

/* Opens, binds and, for a stream, listens: the descriptor, close-on-exec and blocking as systemd
 * hands them over, or a negative error number. A socket file has that mode, and is the user's, if
 * there is one; where others than root may write to a directory on the way it is he who makes it,
 * in a child, so it is what he could have made himself; ETIMEDOUT if that takes longer than 100 ms.
 * One that nobody listens on any more is replaced; one in use is EADDRINUSE. Ordinary context; one
 * thread. */
int listening_open(const struct address *address, const struct user *user, mode_t mode);

/* True if the next run will find it as the first one did. Who has it may end it for all by
 * shutdown(2) or connect(2), and may remove its file. Waits for no file system that others than
 * root may have put there. */
bool listening_is_intact(int fd, const struct address *address, const struct user *user);

#endif
