/*
 * event_loop.c - see event_loop.h.
 *
 * epoll, because a thousand services may have a thousand descriptors and nearly all are silent. A
 * source is called by its address, so one that was forgotten while the round was under way must not
 * be called any more: forgetting clears it from the rest of the round.
 *
 * What can block in the supervisor's thread, and in the signal thread (init/supervise_mode.c), and
 * what bounds it:
 *
 *   waiting: epoll_wait(2), sigtimedwait(2)   their rest: deadlines and signals end it
 *   a line on stderr (log.c)                  100 ms once, then not at all until a line has been
 * taken; a file on a dead file system, by nothing the exec of a start, and its files        in the
 * child (start.c, start_watch.c): ready_timeout, and the stop a path looked along for readiness a
 * thread of its own (probe_methods.c) fork                                      the registry's
 * lock, held for fork and registration alone a signal as its owner                     a child of
 * two system calls, which nobody else may stop, under the registry's lock (send_signal.c) the
 * registry's lock, on a death           the signal thread only tries it reaping 100 of those who
 * have died, and the services (children.c) closing a descriptor that was sent        a thread of
 * its own (async_close.c) accept, recv and send of a client         non-blocking; 16 sources a
 * turn, one call each (server.c) clients' places                           the oldest makes room
 * (server.h) sd_notify, signals                        64 messages, 512 signals a turn; the pipe is
 * non-blocking at both ends many services that change                 a round ends after 20 ms, one
 * service gets 8 looks (supervisor.c) the stop of all                           services times the
 * longest chain a round, if dependents stand in front a walk through /proc                      in
 * turns of 20 ms, for each service that is cleared (run_mark.c) a socket made anew in its user's
 * folder   a child, under the registry's lock: a dead file system there, by nothing connect(2) of a
 * tcp probe                 non-blocking FIONREAD of a log, read of ready=fd:N     the pipe's
 * mutex, which a writer holds while it copies: long only for memory on a dead file system (relay.c)
 *   the lock of a log's stream                held for a read that does not block, not for a write
 * (relay.c) the termination log                       a file that is there, once, at the end of an
 * essential service (exit_report.c)
 */
#include "supervise/event_loop.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>

enum { ROUND = 16, WAIT_MOST = MS_PER_HOUR, REST_MS = 20 };

static int epoll = -1;
static struct epoll_event round_events[ROUND];
static int round_count;
static bool is_to_rest;

bool event_loop_open(void)
{
    epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll != -1 &&
           epoll_wait(epoll, round_events, ROUND, 0) == 0; /* a filter may forbid the one alone */
}

bool event_loop_watch(struct source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, source->fd, &event) == 0 ||
           (errno == EEXIST && epoll_ctl(epoll, EPOLL_CTL_MOD, source->fd, &event) == 0);
}

void event_loop_forget(struct source *source)
{
    epoll_ctl(epoll, EPOLL_CTL_DEL, source->fd, NULL);
    for (int i = 0; i < round_count; i++)
        if (round_events[i].data.ptr == source)
            round_events[i].data.ptr = NULL;
}

/* In milliseconds, as epoll_wait wants it: rounded up, so that what is due is due then. -1: no
 * limit. An hour at most, because it counts in an int. */
static int timeout(milliseconds until)
{
    if (until == NEVER)
        return -1;
    milliseconds left = until - clock_now();
    if (left <= 0)
        return 0;
    return left < WAIT_MOST ? (int)left + 1 : WAIT_MOST;
}

void event_loop_yield(void)
{
    is_to_rest = true;
}

void event_loop_wait(milliseconds until)
{
    if (is_to_rest)
        poll(NULL, 0, REST_MS);
    round_count = epoll_wait(epoll, round_events, ROUND, timeout(until));
    is_to_rest = round_count == -1;
    for (int i = 0; i < round_count; i++) {
        struct source *source = round_events[i].data.ptr;
        if (source != NULL)
            source->ready(source, round_events[i].events);
    }
    round_count = 0;
}
