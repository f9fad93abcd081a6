/*
 * forwarding.c - see forwarding.h.
 *
 * The pipe carries the whole siginfo_t: a signal that was queued with a value keeps it, and signals
 * keep their order. A full pipe (512 signals, pipe(7)) loses the next ones, as a process loses
 * standard signals that it does not take in time. Two things are not lost: a request to stop, which
 * is kept in a variable, and the end of a child, as promises are looked at in every round.
 *
 * A full pipe is watched for room once: that wakes the supervisor's thread, if the reading end has
 * not.
 */
#include "supervise/forwarding.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "supervise/event_loop.h"
#include "supervise/shutdown.h"
#include "supervise/signalling.h"
#include "supervise/state_machine.h"

enum {
    SIGNALS_A_READ = 8,
    SIGNALS_A_TURN = 512, /* the pipe holds as many */
};

static struct plan *plan;
static int signal_pipe[2];
static struct source pipe_room;
static atomic_int stop_signal; /* what the command gets for the request to stop; 0: none came */

/* ---- supervisor's thread ---- */

static bool is_receiver(const struct service *service)
{
    return plan->command != NULL ? service == plan->command : service->settings->essential;
}

static void forward(siginfo_t *info)
{
    int received = info->si_signo, signal = signal_map_apply(plan->map, received);
    if (received == SIGCHLD || signal == 0 || signal_is_stop_request(plan->map, received))
        return;
    for (size_t i = 0; i < plan->count; i++)
        if (is_receiver(&plan->services[i]) && service_is_up(&plan->services[i]))
            signalling_forward(&plan->services[i], signal, info,
                               plan->to_group ? REACH_GROUP : REACH_CHILD);
}

static void begin_shutdown_if_asked(void)
{
    int signal = atomic_load(&stop_signal);
    if (signal == 0)
        return;
    state_machine_set_command_stop_signal(signal);
    shutdown_begin();
}

/* Forwards the signals before it begins the shutdown. If there are more than a turn takes, epoll
 * reports the pipe again. */
static void pipe_is_readable(struct source *source, uint32_t events)
{
    siginfo_t signals[SIGNALS_A_READ];
    int count = 0, got;
    (void)events;
    do {
        got = (int)(read(source->fd, signals, sizeof signals) / (ssize_t)sizeof *signals);
        for (int i = 0; i < got; i++)
            forward(&signals[i]);
        count += got;
    } while (got == SIGNALS_A_READ && count < SIGNALS_A_TURN);
    if (count == 0)
        event_loop_yield();
    begin_shutdown_if_asked();
}

/* The call itself is what is wanted: the supervisor's thread is awake. */
static void pipe_has_room(struct source *source, uint32_t events)
{
    (void)source, (void)events;
    begin_shutdown_if_asked();
}

/* ---- signal thread ---- */

/* The variable is set before the write, so that the reader of the pipe sees the request. */
void forwarding_put(const siginfo_t *info)
{
    if (signal_is_stop_request(plan->map, info->si_signo))
        atomic_store(&stop_signal, signal_map_apply(plan->map, info->si_signo));
    if (write(signal_pipe[1], info, sizeof *info) == -1 &&
        !event_loop_watch(&pipe_room, EPOLLOUT | EPOLLONESHOT))
        log_line(LOG_DEBUG, "signal %d is lost: the supervisor cannot be woken", info->si_signo);
}

bool forwarding_has_stop(void)
{
    return atomic_load(&stop_signal) != 0;
}

bool forwarding_begin(struct plan *all)
{
    static struct source signals = {.ready = pipe_is_readable};
    plan = all;
    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) == -1)
        return false;
    signals.fd = signal_pipe[0];
    pipe_room = (struct source){signal_pipe[1], pipe_has_room};
    return event_loop_watch(&signals, EPOLLIN);
}
