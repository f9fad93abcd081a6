/*
 * server.h - the control socket, by which foster ctl talks to foster.
 *
 * A stream socket with mode 0600. A client must run as root or as foster's own user (SO_PEERCRED,
 * unix(7)); any other is refused at once. No verb runs a command of the client's. What becomes of a
 * client is in connections.h. Nothing here blocks.
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include <stdbool.h>

#include "base/address.h"
#include "base/clock.h"
#include "config/plan.h"

#define CONTROL_DEFAULT "/run/foster.sock"

/* The address of the socket at a path, or of "@name" in the abstract namespace. False, and errno,
 * if there can be no socket. Any thread. */
bool server_address(const char *path, struct address *address);

/* Opens the socket at a path, or "@name", for the services of the plan, and watches it in the event
 * loop; replaces a socket file that no process listens on any more. False, and errno, if it cannot
 * be opened. Main thread, after event_loop_open() and before the supervisor begins. */
bool server_open(const char *path, const struct plan *plan);

/* Call it after every change of a service, and when it is due: answers the clients that wait.
 * Supervisor's thread. */
void server_look(void);

/* When to call server_look() at the latest; or NEVER. Supervisor's thread. */
milliseconds server_due(void);

/* Removes the socket file, if it is still the one that server_open() made. Supervisor's thread,
 * when foster ends. */
void server_close(void);

#endif
