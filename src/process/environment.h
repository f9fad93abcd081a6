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

enum { ENVIRONMENT_OWN = 6 /* variables */ };

/* Removes the variables that were meant for foster from foster's own environment. Returns how many
 * there were; removed has their entries, unchanged. One thread, before the first start. */
size_t environment_remove_own(char *removed[ENVIRONMENT_OWN]);

/* The number of entries, with the NULL at the end, that environment_merge() needs for so many
 * additions. */
size_t environment_room(size_t additions);

/* Fills merged, which has environment_room() entries, with foster's environment and the additions,
 * "NAME=value". An addition replaces the entry of its name, and an earlier addition of its name.
 * The strings are not copied. Not while another thread changes the environment; allocates nothing.
 */
void environment_merge(char **merged, char *const *additions, size_t count);

/* The value of the variable whose name is these length bytes in a list that NULL ends, or NULL.
 * Async-signal-safe; allocates nothing. */
const char *environment_find(char *const *list, const char *name, size_t length);

/* True for "NAME=value" with any name that is not empty, environ(7): not each is one that a shell
 * can set. */
bool environment_is_entry(const char *entry);

#endif
