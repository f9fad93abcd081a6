/* file.c - see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: open(2) would wait for the writer of a FIFO, and for the carrier of a serial line. */
int file_open(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static ssize_t read_head(int fd, char *buffer, size_t size)
{
    size_t length = 0;
    ssize_t got = 0;
    while (length < size - 1 && (got = read(fd, buffer + length, size - 1 - length)) > 0)
        length += (size_t)got;
    buffer[length] = '\0';
    return got == -1 ? -1 : (ssize_t)length;
}

ssize_t file_head_again(int *fd, const char *path, char *buffer, size_t size)
{
    if (*fd != -1)
        lseek(*fd, 0, SEEK_SET);
    else if ((*fd = file_open(path)) == -1)
        return -1;
    return read_head(*fd, buffer, size);
}

/* Closes it and keeps errno. */
static void file_close(int fd)
{
    int saved = errno;
    if (fd != -1)
        close(fd);
    errno = saved;
}

ssize_t file_head(const char *path, char *buffer, size_t size)
{
    int fd = -1;
    ssize_t length = file_head_again(&fd, path, buffer, size);
    file_close(fd);
    return length;
}

/* Reads a copy. A mapping of the file would raise SIGBUS once a process truncates the file. */
static char *read_whole(int fd, size_t *length)
{
    struct stat status;
    errno = 0;
    if (fstat(fd, &status) == -1 || !S_ISREG(status.st_mode))
        return NULL;
    size_t size = (size_t)status.st_size + 1;
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    ssize_t got = read_head(fd, bytes, size);
    *length = (size_t)got;
    if (got != -1)
        return bytes;
    file_free(bytes, size - 1);
    return NULL;
}

char *file_read_open(int fd, size_t *length)
{
    char *bytes = fd != -1 ? read_whole(fd, length) : NULL;
    file_close(fd);
    return bytes;
}

char *file_read(const char *path, size_t *length)
{
    return file_read_open(file_open(path), length);
}

void file_free(char *bytes, size_t length)
{
    int saved = errno;
    munmap(bytes, length + 1);
    errno = saved;
}

/* Poll may report room that another writer takes first, or that is too small for a terminal, again
 * and again: from the second time on there is a rest between two tries. */
bool file_write_all(int fd, const char *bytes, size_t length)
{
    enum { REST_MS = 20 };
    for (bool again = false; length > 0;) {
        ssize_t written = write(fd, bytes, length);
        if (written == 0 || (written == -1 && errno != EAGAIN && errno != EINTR))
            return false;
        if (written == -1) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
            poll(NULL, 0, again ? REST_MS : 0);
        } else {
            bytes += written;
            length -= (size_t)written;
        }
        again = written == -1;
    }
    return true;
}
