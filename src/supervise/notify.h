/*
 * notify.h - what a service tells of itself by sd_notify(3), and what foster does about it.
 *
 * A message is believed only if its sender is a process of a running service: one in the session of
 * its main process, whatever its user is by now, or one that bears the service's mark (run_mark.h)
 * and has its user. A mark can be forged, but not by another user.
 *
 * All of these but the first: supervisor's thread. None blocks.
 */
#ifndef SUPERVISE_NOTIFY_H
#define SUPERVISE_NOTIFY_H

#include <stdbool.h>

#include "config/plan.h"

/* Opens the socket and watches it, if a service uses it. False, and errno, if that fails. Main
 * thread, before the first start. */
bool notify_begin(struct plan *all);

/* True while no message can be read, as descriptors that came with the last one are not closed yet:
 * no watchdog counts then. */
bool notify_is_suspended(void);

/* From now on a reload is awaited, until the service has said RELOADING=1 and then READY=1, or its
 * run has ended. False if foster is not told of a reload: the service is not asked for messages. */
bool notify_await_reload(struct service *service);
bool notify_awaits_reload(const struct service *service);

/* Reads messages again if that is possible by now. Returns when to call it again, or NEVER. */
milliseconds notify_look(milliseconds now);

#endif
