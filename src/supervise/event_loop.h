/*
 * event_loop.h - what the supervisor's thread waits for: descriptors, and a point in time.
 *
 * All of these: supervisor's thread, but where it is said; before that thread begins, the main one.
 */
#ifndef SUPERVISE_EVENT_LOOP_H
#define SUPERVISE_EVENT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* A descriptor that is watched. It is a member of what it belongs to, and stays in place while it
 * is watched. */
struct source {
    int fd;
    /* The events are EPOLLIN, EPOLLOUT, EPOLLHUP and the others of epoll_ctl(2). */
    void (*ready)(struct source *source, uint32_t events);
};

/* Called once, before all others. False, and errno, if epoll(7) cannot be used. */
bool event_loop_open(void);

/* Watches the source for these events, also if it was watched for others. False if the kernel has
 * no memory for it. Any thread: the loop wakes up for it. Never blocks. */
bool event_loop_watch(struct source *source, uint32_t events);

/* Ends the watch; before the descriptor is closed. Also within the source's own ready(). */
void event_loop_forget(struct source *source);

/* Called by a ready() that could do nothing: the source would be reported at once again, so the
 * next wait begins with a rest of 20 ms. */
void event_loop_yield(void);

/* Waits until a source is ready or the point in time has come, and calls what is ready. */
void event_loop_wait(milliseconds until);

#endif
