/*
 * start_watch.h - the starts under way: the process is forked, and its program does not run yet.
 *
 * The child reports by a pipe that its exec closes (end of file) and to which it writes why
 * if there is no exec: spawn_fork(). Most starts take less than a millisecond; one whose
 * exec hangs is watched until its service is ended.
 *
 * All of these: supervisor's thread.
 */
#ifndef SUPERVISE_START_WATCH_H
#define SUPERVISE_START_WATCH_H

#include "config/plan.h"
#include "process/spawn.h"

/* A start that takes longer may have hung: others do not wait for it. */
enum { START_SLOW_MS = 50 };

/* Takes memory for one start of each service at once; executed() is called for each service whose
 * program runs. Before the first start. */
void start_watch_prepare(const struct plan *plan, void (*executed)(struct service *service));

/* Watches the report of a service's start, and closes it when the start is over. False if the
 * kernel has no memory for it: the report is closed then, and executed() is not called. */
bool start_watch_begin(struct service *service, int report);

/* True if fewer than 16 starts are under way, not counting slow ones. More starts gain nothing, and
 * each child copies and closes the descriptors of all. */
bool start_watch_has_room(milliseconds now);

/* Ends the watch of a service whose process is reaped, and returns how its start ended: SPAWN_DONE
 * also if it is not watched. *failure is set for SPAWN_FAILED. */
enum spawn_result start_watch_end(struct service *service, struct spawn_failure *failure);

#endif
