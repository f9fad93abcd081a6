/* file.c - see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

ssize_t file_head(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd == -1)
        return -1;
    size_t length = 0;
    ssize_t got = 0;
    while (length < size - 1 && (got = read(fd, buffer + length, size - 1 - length)) > 0)
        length += (size_t)got;
    int saved = errno;
    close(fd);
    errno = saved;
    buffer[length] = '\0';
    return got == -1 ? -1 : (ssize_t)length;
}
