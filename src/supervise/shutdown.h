/*
 * shutdown.h - the end of all services: why it begins, in which order they are stopped, and with
 * which code foster leaves.
 *
 * It begins when foster is told to stop, or when an essential service has ended for good. Then each
 * service is stopped when none is left that depends on it, independent ones side by side, all under
 * one deadline. The exit code is that of the first essential service that has ended; without any it
 * is 0, or that of the first service that has failed.
 *
 * All of these: supervisor's thread, but shutdown_prepare().
 */
#ifndef SUPERVISE_SHUTDOWN_H
#define SUPERVISE_SHUTDOWN_H

#include <stdbool.h>

#include "config/plan.h"

/* Whose end it is. Called once, before the first start. */
void shutdown_prepare(struct plan *all);

/* Begins it, if it is not under way. */
void shutdown_begin(void);

/* True from then on: nothing is started any more. */
bool shutdown_is_under_way(void);

/* Until when a service may ask for more time than it was given, while the end is under way: the
 * time for the whole stop, or 0, if there is none. */
milliseconds shutdown_deadline(void);

/* Looks at a service for what concerns the end, which may begin by it. */
void shutdown_note_service(const struct service *service);

/* Does what is due: stops those whose turn it is, kills those whose time is over. Returns when the
 * time of all is over, or NEVER. */
milliseconds shutdown_look(milliseconds now);

/* True when every service has ended for good; *code is what foster is to exit with. */
bool shutdown_is_over(int *code);

#endif
