/*
 * loop.c - see loop.h.
 *
 * epoll, because a thousand services may have a thousand descriptors and nearly all are silent. A source is called by
 * its address, so one that was forgotten while the round was under way must not be called any more: forgetting clears
 * it from the rest of the round.
 */
#include "services/loop.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>

enum { ROUND = 16, WAIT_MOST = MS_PER_HOUR };

static int epoll = -1;
static struct epoll_event round_events[ROUND];
static int round_count;

bool loop_open(void)
{
    epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll != -1;
}

bool loop_watch(struct source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, source->fd, &event) == 0 ||
           (errno == EEXIST && epoll_ctl(epoll, EPOLL_CTL_MOD, source->fd, &event) == 0);
}

void loop_forget(struct source *source)
{
    epoll_ctl(epoll, EPOLL_CTL_DEL, source->fd, NULL);
    for (int i = 0; i < round_count; i++)
        if (round_events[i].data.ptr == source)
            round_events[i].data.ptr = NULL;
}

/* In milliseconds, as epoll_wait wants it: rounded up, so that what is due is due then. -1: no limit. An hour at most,
 * because it counts in an int. */
static int timeout(milliseconds until)
{
    if (until == NEVER)
        return -1;
    milliseconds left = until - clock_now();
    if (left <= 0)
        return 0;
    return left < WAIT_MOST ? (int)left + 1 : WAIT_MOST;
}

void loop_wait(milliseconds until)
{
    round_count = epoll_wait(epoll, round_events, ROUND, timeout(until));
    for (int i = 0; i < round_count; i++) {
        struct source *source = round_events[i].data.ptr;
        if (source != NULL)
            source->ready(source, round_events[i].events);
    }
    round_count = 0;
}
