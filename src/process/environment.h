/*
 * environment.h - the environment of a service: the container's with additions, and without the
 * variables that were meant for foster.
 *
 * Each service has all variables of the container, but these, which name a socket, a descriptor or
 * a pid of foster's: NOTIFY_SOCKET, LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, WATCHDOG_USEC,
 * WATCHDOG_PID. A service gets its own of these as an addition.
 */
#ifndef PROCESS_ENVIRONMENT_H
#define PROCESS_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Removes the variables that were meant for foster from foster's own environment. One thread,
 * before the first start. */
void environment_remove_own(void);

/* The number of entries, with the NULL at the end, that environment_merge() needs for so many
 * additions. */
size_t environment_room(size_t additions);

/* Fills merged, which has environment_room() entries, with foster's environment and the additions,
 * "NAME=value". An addition replaces the entry of its name, and an earlier addition of its name.
 * The strings are not copied. Not while another thread changes the environment; allocates nothing.
 */
void environment_merge(char **merged, char *const *additions, size_t count);

/* True for "NAME=value" whose name a shell can set: letters, digits and '_', the first no digit. */
bool environment_is_entry(const char *entry);

#endif
