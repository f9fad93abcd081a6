/*
 * stream_file.c - see stream_file.h.
 *
 * O_NONBLOCK is set while the file is opened, so that open(2) does not wait for the other end of a
 * FIFO or for a modem. The service gets the file without it.
 */
#include "process/stream_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "process/descriptors.h"
#include "process/trusted_path.h"

enum { FILE_MODE = 0666 };

bool stream_file_is_roots(const struct stream_file *file)
{
    return trusted_path_check(file->path);
}

int stream_file_open(struct stream_file *file)
{
    int error = 0,
        fd = open(file->path, file->flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, FILE_MODE);
    if (fd == -1)
        return errno;
    descriptor_set_flags(fd, file->flags & O_APPEND);
    for (int place = STDIN_FILENO; place <= STDERR_FILENO && error == 0; place++)
        if ((file->places & STREAM(place)) != 0)
            error = descriptor_put(fd, place);
    if (fd > STDERR_FILENO)
        close(fd);
    file->is_open = error == 0;
    return error;
}
