/*
 * environment.h - the environment of a service: the container's, with additions, and without what
 * was meant for foster.
 *
 * The container's environment is every service's (nothing is reset in hiding). Left out are the
 * variables that name a socket or a descriptor of foster's own: NOTIFY_SOCKET, LISTEN_PID,
 * LISTEN_FDS, LISTEN_FDNAMES, WATCHDOG_USEC, WATCHDOG_PID. A service that has its own of these gets
 * it as an addition.
 */
#ifndef PROCESS_ENVIRONMENT_H
#define PROCESS_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Takes what was meant for foster out of its own environment, once and for all. Before the first
 * start. */
void environment_remove_own(void);

/* The room, in entries, that environment_merge() needs for so many additions, with the NULL at the
 * end. */
size_t environment_room(size_t additions);

/* Fills merged, environment_room() entries of the caller's, with foster's environment; an addition
 * "NAME=value" takes the place of an entry of its name, the later of two of one name counts. The
 * strings are not copied. Ordinary context, allocates nothing. */
void environment_merge(char **merged, char *const *additions, size_t count);

/* True for "NAME=value" with a name that a shell can set: letters, digits and '_', no digit first.
 */
bool environment_is_entry(const char *entry);

#endif
