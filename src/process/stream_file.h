/*
 * stream_file.h - a file that becomes a standard stream of a service: its log, its stdin.
 *
 * foster is root where a service may be anybody, and nobody is to get through foster what he could
 * not have had himself. So root opens the file only where nobody else can have changed what its
 * path means: where root alone may write to each directory on the way, links followed (so
 * /var/log/x and /dev/stdout are root's). Else the service's user opens it, after the change of
 * user.
 */
#ifndef PROCESS_STREAM_FILE_H
#define PROCESS_STREAM_FILE_H

#include <stdbool.h>

struct stream_file {
    const char *path;
    int flags;             /* of open(2), without O_NONBLOCK: what it is written to or read with */
    unsigned short places; /* STREAM(fd) for each standard stream that it becomes */
    bool is_open;          /* by now */
};
#define STREAM(fd) (1U << (fd))

/* True if root alone can have put there what is there. In the child; async-signal-safe, looks at
 * the file system. */
bool stream_file_is_roots(const struct stream_file *file);

/* Opens it and puts it in its places: 0 or an error number. A FIFO without a reader is ENXIO:
 * nobody waits for one. The same. */
int stream_file_open(struct stream_file *file);

#endif
