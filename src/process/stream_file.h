/*
 * stream_file.h - a file that becomes a standard stream of a service: its log, its stdin.
 *
 * foster is root where a service is not, and no user may get through foster what he could not open
 * himself. So the file is opened as root only if root alone controls its path (trusted_path.h;
 * /var/log/x and /dev/stdout are such paths), and else after the change of user.
 *
 * All functions: in the child of a fork; async-signal-safe; they allocate nothing and may block on
 * the file system.
 */
#ifndef PROCESS_STREAM_FILE_H
#define PROCESS_STREAM_FILE_H

#include <stdbool.h>

struct stream_file {
    const char *path;
    int flags;             /* of open(2), without O_NONBLOCK */
    unsigned short places; /* STREAM(fd) | ... of the standard streams that it becomes */
    bool is_open;          /* it has been opened */
};
#define STREAM(fd) (1U << (fd))

/* True if root alone controls the path. */
bool stream_file_is_roots(const struct stream_file *file);

/* Opens the file and makes it the standard streams. Returns 0 or an error number. ENXIO for a FIFO
 * without a reader: a start does not wait for one. */
int stream_file_open(struct stream_file *file);

#endif
