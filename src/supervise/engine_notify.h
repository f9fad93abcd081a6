/*
 * engine_notify.h - what foster tells the program that started it (a container engine, systemd) on
 * behalf of all services, by sd_notify(3): STATUS with the services that are awaited, READY=1 when
 * there are none, and STOPPING=1.
 *
 * With a command on the command line foster tells nothing: NOTIFY_SOCKET is the command's.
 */
#ifndef SUPERVISE_ENGINE_NOTIFY_H
#define SUPERVISE_ENGINE_NOTIFY_H

#include "config/plan.h"

/* Connects to NOTIFY_SOCKET, if it is set; logs why it cannot. Main thread, before start_prepare(),
 * which removes the variable. */
void engine_notify_begin(const struct plan *all);

/* Tells what has changed. Returns when to call it again, or NEVER. Supervisor's thread; never
 * blocks. */
milliseconds engine_notify_look(milliseconds now);

/* Tells that foster ends, if that has not been told. Supervisor's thread; never blocks. */
void engine_notify_end(void);

#endif
