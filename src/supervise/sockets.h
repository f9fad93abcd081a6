/*
 * sockets.h - the sockets of `listen`: opened before the first start, kept from run to run.
 *
 * The number of a socket's descriptor in foster never changes. Where the supervisor's thread has a
 * descriptor table of its own (start_descriptors_unshare()), the signal thread closes its copies by
 * these numbers.
 */
#ifndef SUPERVISE_SOCKETS_H
#define SUPERVISE_SOCKETS_H

#include <stdbool.h>

#include "config/plan.h"

/* Opens the sockets of all services. False if one cannot be opened; each error is logged. Main
 * thread, before the first start. */
bool sockets_open(const struct plan *all);

/* Makes the service's sockets fit for its next run: blocking, and opened anew where the last run
 * has made one unusable. False if one cannot be opened; that is logged. Supervisor's thread. May
 * block: listening_open(), and 100 ms for the address of an old socket. */
bool sockets_repair(const struct service *service);

/* Notes that the signal thread has a copy of each socket. Supervisor's thread. */
void sockets_note_copies(void);

/* Closes these copies, once: the address of a socket is in use as long as one copy is open. Signal
 * thread, after each signal. */
void sockets_close_copies(void);

#endif
