/*
 * server.h - the control socket: who may talk to foster, and how a request becomes an answer.
 *
 * A stream socket with mode 0600; the peer's uid must be root's or foster's own (SO_PEERCRED,
 * unix(7)). A client sends one request, its words each ended by a NUL and one more NUL behind the
 * last; it gets an answer and the end of the stream. The first line of the answer is the exit
 * status for the client, in decimal; the rest is for its stdout, or for its stderr if the status is
 * not 0 (the verb may say otherwise: health, see verbs). A request of more than REQUEST_MAX bytes,
 * rubbish, or one that is not complete within REQUEST_TIME is answered with an error and closed. No
 * verb runs a command of the caller's. Nothing here ever waits.
 *
 * Nobody keeps others from being heard: there are CLIENTS_MAX places, and who waits for services
 * takes WAITING_MAX of them at most. When one more waits, the one that has waited longest is told
 * that too many ask, and goes. When one more comes, the one that has been silent longest goes, else
 * the one that has longest not read its answer to the end; where there is no descriptor for who
 * comes, also one that waits. A peer of another user is refused at once and holds no place.
 *
 * All of these: supervisor's thread, but server_open().
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include <stdbool.h>

#include "base/address.h"
#include "base/clock.h"

#define CONTROL_DEFAULT "/run/foster.sock"

enum { REQUEST_MAX = 4096, REQUEST_TIME_MS = 5000, CLIENTS_MAX = 128, WAITING_MAX = 96 };

/* The address of the socket at that path, or of "@name". False if it can be none; errno says why.
 * Any thread. */
bool server_address(const char *path, struct address *address);

/* Opens the socket at that path and watches it in the loop; also "@name" in the abstract namespace.
 * False: it cannot be opened; errno says why. A socket file that nobody listens on any more is
 * replaced. Main thread, before the supervisor begins and after event_loop_open(). */
bool server_open(const char *path);

/* Something has changed: answers the clients that wait for it (wait, start, stop, restart). */
void server_look(void);

/* When to look again, for clients with a time limit: or NEVER. */
milliseconds server_due(void);

/* Removes the socket's file, if it is still ours. When foster ends. */
void server_close(void);

#endif
