/*
 * event_loop.c - see event_loop.h.
 *
 * epoll(7), because a thousand services can have a thousand descriptors, of which nearly all are
 * silent. A source is found by its address, so one that is forgotten must not be called any more in
 * the same round: event_loop_forget() takes it out of the rest of the round.
 *
 * Every call that can block in the supervisor's thread or in the signal thread
 * (init/supervise_mode.c), and what bounds it:
 *
 * Waiting
 * - epoll_wait(2), sigtimedwait(2): the next deadline or signal ends it.
 *
 * Starts
 * - fork(2): the registry's lock is held for the fork and the registration alone (children.c).
 * - The exec of a start, and the files that it opens: in the child (start.c, start_watch.c), which
 *   ready_timeout or the stop ends.
 * - A socket that is opened again, or whose file is looked for: if others than root may write to
 *   its directories a child does it under the registry's lock, and is killed after 100 ms. Else not
 *   bounded: root has put the file there (listening.c).
 * - A path of a probe (file:, unix:): a thread of its own (probe_methods.c).
 * - The connection of a probe (tcp:, http:) is non-blocking, and is read at most 4 KiB from at a
 *   time (probe_methods.c).
 *
 * Signals and ends
 * - Signals, sd_notify messages: 512 and 64 a turn; the pipe of the signals is non-blocking at both
 *   ends (forwarding.c, notify.c).
 * - The registry's lock, on a SIGCHLD: the signal thread only tries it (children.c).
 * - Reaping: 100 children at a time, and the services (children.c).
 * - A signal that is sent as the user of a process: a child under the registry's lock. It makes two
 *   system calls, and that user may not stop it (send_signal.c).
 * - The walk through /proc for what a run has left: turns of 20 ms, for each service that is
 *   cleared (run_mark.c).
 * - The stop of all services: each round takes the number of services times the longest chain of
 *   dependencies, if dependents stand first in the file (shutdown.c).
 * - Many services that change state: a round ends after 20 ms, and looks 8 times at one service
 *   (supervisor.c).
 *
 * Other processes' descriptors
 * - close(2) of a descriptor that was sent to foster, or of a service's socket that is opened
 *   again: a thread of its own, which is waited for 100 ms if the address is not free at once
 *   (async_close.c, sockets.c).
 * - send(2) to the engine's NOTIFY_SOCKET is non-blocking (engine_notify.c).
 * - accept(2), recv(2) and send(2) for foster ctl are non-blocking: 16 sources a round, one call
 *   for each. When all places are taken one client gives up its own (connections.h).
 *
 * Logs and files
 * - A line on stderr: 100 ms once, then no wait until a line is taken again. Not bounded for a file
 *   on a file system that does not answer (log.c).
 * - FIONREAD of a service's log, read(2) of ready = fd:N: the pipe's mutex, which a writer holds
 *   while the kernel copies its bytes. That takes long only if the writer's memory is a file on a
 *   file system that does not answer (stream.c, probe_methods.c).
 * - The lock of a service's log: held during a read that does not block, not during a write
 *   (stream.c).
 * - fchmod(2) of foster's stdout and stderr, once, if a service has a user: not bounded for a FIFO
 *   on a file system that does not answer (own_output.c).
 * - The termination log: it is written once, when an essential service has ended, and only if it
 *   is there and empty. Not bounded (exit_report.c).
 * - The file of the control socket is removed when foster ends. Not bounded (server.c).
 */
#include "supervise/event_loop.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>

enum {
    ROUND = 16, /* sources */
    WAIT_MOST = MS_PER_HOUR,
    REST_MS = 20,
};

static int epoll = -1;
static struct epoll_event round_events[ROUND];
static int round_count;
static bool rests; /* before the next wait */

/* A seccomp filter may forbid epoll_wait(2) alone: it is tried. */
bool event_loop_open(void)
{
    epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll != -1 && epoll_wait(epoll, round_events, ROUND, 0) == 0;
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

/* The timeout of epoll_wait(2), in milliseconds: -1 is none. One more than is left, so that the
 * point in time has come when it returns. An hour at most, because it is an int. */
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
    rests = true;
}

void event_loop_wait(milliseconds until)
{
    if (rests)
        poll(NULL, 0, REST_MS);
    round_count = epoll_wait(epoll, round_events, ROUND, timeout(until));
    rests = round_count == -1;
    for (int i = 0; i < round_count; i++) {
        struct source *source = round_events[i].data.ptr;
        if (source != NULL)
            source->ready(source, round_events[i].events);
    }
    round_count = 0;
}
