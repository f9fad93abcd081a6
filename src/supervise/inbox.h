/*
 * inbox.h - what the supervisor is told: by the signal thread, of signals; by services, of
 * themselves.
 */
#ifndef SUPERVISE_INBOX_H
#define SUPERVISE_INBOX_H

#include <signal.h>
#include <stdbool.h>

#include "config/plan.h"

/* Begins to listen; before the first start. False, and errno, if that cannot be. */
bool inbox_begin(struct plan *plan);

/* Passes a signal on to the supervisor, whether from a child or from outside. Never waits. Signal
 * thread. */
void inbox_put_signal(const siginfo_t *info);

/* True as soon as a signal to stop has come, also before it is heard: of a thousand services that
 * are being started not one more is. Any thread. */
bool inbox_has_stop_request(void);

/* True while services cannot be heard: no watchdog bites then. Supervisor's thread, as the next. */
bool inbox_is_suspended(void);

/* Listens again if that can be; returns when to look again, or NEVER. */
milliseconds inbox_look(milliseconds now);

#endif
