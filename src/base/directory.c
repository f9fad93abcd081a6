/* directory.c - see directory.h. The entries of getdents64(2) have the layout of struct dirent. */
#include "base/directory.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool directory_open(struct directory *directory, const char *path)
{
    directory->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    directory->length = directory->offset = directory->next = 0;
    return directory->fd != -1;
}

const char *directory_next(struct directory *directory)
{
    if (directory->offset >= directory->length) {
        directory->length =
            syscall(SYS_getdents64, directory->fd, directory->buffer, sizeof directory->buffer);
        directory->offset = 0;
    }
    if (directory->length <= 0)
        return NULL;
    const struct dirent *entry = (const struct dirent *)(directory->buffer + directory->offset);
    directory->offset += entry->d_reclen;
    directory->next = entry->d_off;
    return entry->d_name;
}

void directory_seek(struct directory *directory, long next)
{
    lseek(directory->fd, next, SEEK_SET);
    directory->length = directory->offset = 0;
}

void directory_close(struct directory *directory)
{
    close(directory->fd);
}
