/*
 * connections.h - the clients of the control socket, from the accepted connection to its end.
 *
 * A client sends one request (request.h), gets an answer, and the connection is closed. The first
 * line of the answer is the exit status for the client, in decimal, or REQUEST_NO (request.h); the
 * rest is for its stdout, or, if the status is another one than 0, for its stderr.
 *
 * There are CONNECTIONS_MAX places, and clients that wait for services have WAITING_MAX of them at
 * most, so that no client keeps others out. When one more client waits, the one that has waited
 * longest is refused. When one more client comes and no place is free, the one that has sent
 * nothing for longest is refused; if there is none, the one that has read nothing of its answer for
 * longest is disconnected.
 *
 * Supervisor's thread. Nothing here blocks.
 */
#ifndef CONTROL_CONNECTIONS_H
#define CONTROL_CONNECTIONS_H

#include <stdbool.h>

#include "base/clock.h"

/* A client has REQUEST_TIME_MS to send its request, and as long to read on in its answer. */
enum { REQUEST_TIME_MS = 5000, CONNECTIONS_MAX = 128, WAITING_MAX = 96 };

/* Makes the places, in the arena. Main thread, before the supervisor begins. */
void connections_begin(void);

/* Takes over a connection that has been accepted, and serves it from then on. */
void connections_add(int fd);

/* Answers a connection by one line, and closes it. The line begins with the exit status and a
 * newline. */
void connections_refuse(int fd, const char *line);

/* Ends one connection, so that its descriptor is free: as for a place, else that of the client that
 * has waited longest. False if there is none. */
bool connections_end_one(void);

/* How many there are. */
unsigned connections_count(void);

/* Answers the clients whose services have changed, and ends those whose time is over. */
void connections_look(void);

/* When to look again at the latest, or NEVER. */
milliseconds connections_due(void);

#endif
