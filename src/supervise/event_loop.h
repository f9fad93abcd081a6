/*
 * event_loop.h - what the supervisor's thread waits for: descriptors, and a point in time.
 */
#ifndef SUPERVISE_EVENT_LOOP_H
#define SUPERVISE_EVENT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* A descriptor that is watched, inside of what it belongs to. */
struct source {
    int fd;
    void (*ready)(struct source *source,
                  uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLHUP ... of epoll(7) */
};

/* Called once, before the others. False if there is none to be had, or if it cannot be waited with.
 */
bool event_loop_open(void);

/* Watches for events, or for other events than before. False if the kernel has no memory for it.
 * Supervisor's thread, as the next two. */
bool event_loop_watch(struct source *source, uint32_t events);

/* Watches no longer; before the descriptor is closed. Also within its own ready(). */
void event_loop_forget(struct source *source);

/* What is ready cannot be had: the next wait begins with a short rest, for it will be reported
 * again and again. Supervisor's thread. */
void event_loop_yield(void);

/* Waits until something happens or the point in time comes, and calls what is ready. */
void event_loop_wait(milliseconds until);

#endif
