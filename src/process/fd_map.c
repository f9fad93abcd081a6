/*
 * fd_map.c - see fd_map.h.
 *
 * A descriptor that is put on a number closes what had that number before, and that may be the
 * source of another mapping (a swap, a ring). So each source below the end of the map is copied to
 * a number above it first; then the order of the mappings does not matter.
 */
#include "process/fd_map.h"

#include <errno.h>

#include "process/descriptors.h"

bool fd_map_has(const struct fd_mapping *map, size_t count, int number)
{
    for (size_t i = 0; i < count; i++)
        if (map[i].to == number)
            return true;
    return false;
}

int fd_map_end(const struct fd_mapping *map, size_t count)
{
    int end = 0;
    for (size_t i = 0; i < count; i++)
        if (map[i].to >= end)
            end = map[i].to + 1;
    return end;
}

/* fcntl(2) fails with EINVAL, not EMFILE, if the lowest number asked for is above RLIMIT_NOFILE. */
int fd_map_apply(struct fd_mapping *map, size_t count)
{
    int end = fd_map_end(map, count), error = 0;
    for (size_t i = 0; i < count; i++)
        if (map[i].from < end && (map[i].from = descriptor_copy(map[i].from, end)) == -1)
            return errno == EINVAL ? EMFILE : errno;
    for (size_t i = 0; i < count && error == 0; i++)
        error = descriptor_put(map[i].from, map[i].to);
    return error;
}
