/*
 * fd_map.h - the descriptors that a program is to have, each under its own number.
 *
 * Listening sockets begin at 3 (sd_listen_fds(3)), a log pipe is 1 and 2, a readiness pipe has the
 * number that the file names; foster has them under whatever numbers were free. Everything here is
 * async-signal-safe and allocates nothing.
 */
#ifndef PROCESS_FD_MAP_H
#define PROCESS_FD_MAP_H

#include <stdbool.h>
#include <stddef.h>

/* The program is to have foster's descriptor `from` as number `to`. */
struct fd_mapping {
    int from;
    int to;
};

/* True if a descriptor is to have that number. */
bool fd_map_has(const struct fd_mapping *map, size_t count, int number);

/* The number after the highest that the program is to have; 0 for an empty map. */
int fd_map_end(const struct fd_mapping *map, size_t count);

/* Gives each descriptor its number, also where that is the present number of another one. Each
 * `from` becomes a copy's number, fd_map_end() or higher, unless it was that high already. In the
 * child of a fork; 0 or an error number. */
int fd_map_apply(struct fd_mapping *map, size_t count);

#endif
