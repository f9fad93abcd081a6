/*
 * start_watch.h - the starts that are under way: forked, and the program does not run yet. Internal
 * to this room.
 *
 * A child tells of its exec by a pipe that exec closes, and of an error by a number in it. Most
 * starts are over in less than a millisecond; one whose exec hangs stays here until it is ended.
 * All of these: supervisor's thread.
 */
#ifndef SUPERVISE_START_WATCH_H
#define SUPERVISE_START_WATCH_H

#include "config/plan.h"
#include "process/spawn.h"

enum {
    START_SLOW_MS = 50
}; /* a start that takes longer is slow, and has hung perhaps: it keeps nobody else back */

/* Makes room for as many starts as there are services, before the first; executed() is called for
 * each service whose program runs. */
void start_watch_prepare(const struct plan *plan, void (*executed)(struct service *service));

/* Watches the report of a service's start, which is closed when the start is over. False if the
 * kernel has no memory for it: nobody will catalogue_say, and it is closed. */
bool start_watch_begin(struct service *service, int report);

/* False while as many starts are under way as the machine has use for, and none of them is slow:
 * another one would only take descriptors. */
bool start_watch_has_room(milliseconds now);

/* Looks now, and watches no longer: for a service whose process has ended. The error number is set
 * for SPAWN_FAILED. */
enum spawn_result start_watch_end(struct service *service, int *error);

#endif
