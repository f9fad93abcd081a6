/*
 * inbox.c - see inbox.h.
 *
 * Signals come through a pipe, each with all that the kernel said of it: what is queued with a
 * value keeps it, and none overtakes another. A full pipe (500 signals during one round) loses the
 * next ones, as a process loses those that it does not take. But not a stop, which is noted beside
 * it, nor a death: promises are looked at after every message. Where nothing can be written to the
 * pipe its other end is watched for room, once, which wakes the supervisor as well.
 */
#include "supervise/inbox.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "process/run_mark.h"
#include "supervise/event_loop.h"
#include "supervise/main_process.h"
#include "supervise/notes.h"
#include "supervise/notify.h"
#include "supervise/shutdown.h"
#include "supervise/signalling.h"
#include "supervise/start.h"
#include "supervise/state_machine.h"

enum {
    MESSAGES_AT_A_TIME = 64, /* who floods us does not keep us */
    SIGNALS_AT_A_TIME = 8,
    SIGNALS_MOST = 512,  /* the pipe holds as many, pipe(7) */
    EXTENSION_MOST = 10, /* times what was given */
    SAID_AFTER_MS = 500, /* that nobody listens to the services */
};

static struct plan *plan;
static int signal_pipe[2];
static struct source room;      /* in the pipe, for the next signal */
static atomic_int told_to_stop; /* by the signal that the command is to get for it; 0: not yet */

static milliseconds deaf_since = NEVER; /* services are not listened to; NEVER: they are */
static bool is_said;                    /* that they are not */

/* ---- services ---- */

/* The running service whose session that is, or NULL. Nobody can join a session: setsid(2). Of a
 * process that is gone there is none, -1, and that is nobody's: the main process of a service may
 * be gone, too. */
static struct service *service_of_session(pid_t session)
{
    for (size_t i = 0; i < plan->count && session > 0; i++)
        if (service_is_up(&plan->services[i]) &&
            main_process_session(&plan->services[i]) == session)
            return &plan->services[i];
    return NULL;
}

static struct service *service_of_mark(int64_t mark)
{
    int64_t index = mark - start_mark(plan->services);
    return index >= 0 && index < (int64_t)plan->count ? &plan->services[index] : NULL;
}

/* The service that a process belongs to, or NULL: by its session, or by its mark if it has left
 * that. */
static struct service *service_of(pid_t pid)
{
    struct service *service = service_of_session(getsid(pid));
    return service != NULL ? service : service_of_mark(run_mark_of(pid));
}

/* A mark can be forged; not by another user. */
static bool is_its_user(const struct service *service, uid_t uid)
{
    const struct user *user = service->settings->user;
    return uid == 0 || uid == (user != NULL ? user->uid : geteuid());
}

/* The service that a sender speaks for, or NULL. Those of its session may have another user by now
 * (gosu, setpriv). */
static struct service *service_of_sender(pid_t pid, uid_t uid)
{
    struct service *service = service_of_session(getsid(pid));
    if (service != NULL)
        return service;
    service = service_of_mark(run_mark_of(pid));
    return service != NULL && is_its_user(service, uid) ? service : NULL;
}

/* Until when it may have the state that it is in, whatever it asks for: nobody holds up his stop
 * for ever, nor the stop of all. NEVER: there is no limit to extend. */
static milliseconds latest_deadline(const struct service *service)
{
    const struct settings *settings = service->settings;
    bool starts = service->state == STARTING || service->state == FORKED;
    milliseconds given = starts ? settings->ready_timeout : settings->stop_grace_period;
    if ((!starts && service->state != STOPPING) || service->killed || service->deadline == NEVER ||
        given == NEVER)
        return NEVER;
    milliseconds latest = service->since + EXTENSION_MOST * given;
    milliseconds end = shutdown_is_under_way() ? shutdown_deadline() : latest;
    return end < latest ? end : latest;
}

/* sd_notify(3), EXTEND_TIMEOUT_USEC: it is well for so long, also beyond the time that it was
 * given. */
static void extend(struct service *service, milliseconds span)
{
    milliseconds until = clock_now() + span, latest = latest_deadline(service);
    if (span == 0 || latest == NEVER)
        return;
    if (until > latest)
        until = latest;
    if (until > service->deadline)
        service->deadline = until;
}

static void feed_watchdog(struct service *service, const struct notification *notification)
{
    struct notes *notes = service->extras->notes;
    if (notification->watchdog_interval != 0)
        notes->watchdog = notification->watchdog_interval;
    if (notes->watchdog != 0 && (notification->watchdog || notification->watchdog_interval != 0))
        notes->watchdog_due = clock_now() + notes->watchdog;
    if (notification->watchdog_trigger)
        notes->watchdog_due = clock_now();
}

/* What an ended run has left behind has no say. */
static bool has_a_say(const struct service *service)
{
    return service_extras(service)->notes != NULL && service_is_up(service) && !service->reaped;
}

/* Only one of its own. It is opened first: what is found out then is true of what is open. */
static void name_main_process(struct service *service, pid_t pid)
{
    int handle = main_process_open(pid);
    if (service_of(pid) == service)
        main_process_name(service, pid, handle);
    else if (handle != -1)
        close(handle);
}

/* Whoever says something runs, also if that is not known yet. */
static void take_note(struct service *service, const struct notification *notification)
{
    state_machine_handle(service, EVENT_EXECED);
    extend(service, notification->extend);
    feed_watchdog(service, notification);
    if (notification->has_status)
        strcpy(service->extras->notes->status, notification->status);
    if (notification->main_pid != 0)
        name_main_process(service, notification->main_pid);
    if (notification->ready && service->settings->ready == READY_BY_NOTIFY)
        state_machine_handle(service, EVENT_READY);
}

static void stop_listening(struct source *source)
{
    event_loop_forget(source);
    deaf_since = clock_now();
    is_said = false;
}

static void hear_services(struct source *source, uint32_t events)
{
    struct notification notification;
    (void)events;
    for (int i = 0; i < MESSAGES_AT_A_TIME && notify_take(&notification); i++) {
        struct service *service = service_of_sender(notification.sender, notification.uid);
        if (service != NULL && has_a_say(service))
            take_note(service, &notification);
        else
            say(LOG_DEBUG, "a message of pid %d, which is not meant to send any",
                notification.sender);
    }
    if (notify_pause() != 0)
        stop_listening(source);
}

static struct source services = {.ready = hear_services};

bool inbox_is_suspended(void)
{
    return deaf_since != NEVER;
}

/* As long as nobody listened, but at most its whole time: who waits in vain to say that he is well
 * is well. */
static void spare(struct notes *notes, milliseconds now)
{
    milliseconds pause = now - deaf_since;
    milliseconds until = now + (pause < notes->watchdog ? pause : notes->watchdog);
    if (notes->watchdog_due < until)
        notes->watchdog_due = until;
}

static void listen_again(milliseconds now)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (service_extras(service)->notes != NULL)
            spare(service->extras->notes, now);
    deaf_since = NEVER;
}

milliseconds inbox_look(milliseconds now)
{
    if (!inbox_is_suspended())
        return NEVER;
    milliseconds again = notify_pause();
    if (again == 0 && event_loop_watch(&services, EPOLLIN)) {
        listen_again(now);
        return NEVER;
    }
    if (!is_said && now - deaf_since >= SAID_AFTER_MS) {
        is_said = true;
        say(LOG_WARNING, "services are not heard until the descriptors that somebody sent to "
                         "NOTIFY_SOCKET are closed");
    }
    return now + (again != 0 ? again : SAID_AFTER_MS);
}

/* ---- signals ---- */

static void forward_to(struct service *service, int signal, siginfo_t *info)
{
    info->si_signo = signal;
    if (info->si_code == SI_QUEUE && !plan->to_group)
        signalling_queue(service, signal, info);
    else
        signalling_send(service, signal, plan->to_group ? REACH_GROUP : REACH_CHILD);
}

/* To the command, or, if there is none, to all that are essential. */
static void forward(int signal, siginfo_t *info)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct service *service = &plan->services[i];
        bool meant =
            plan->command != NULL ? service == plan->command : service->settings->essential;
        if (meant && service_is_up(service))
            forward_to(service, signal, info);
    }
}

static void hear_signal(siginfo_t *info)
{
    int came = info->si_signo, signal = signal_map_apply(plan->map, came);
    if (came != SIGCHLD && signal != 0 && !signal_asks_to_stop(came))
        forward(signal, info);
}

static void hear_stop(void)
{
    int signal = atomic_load(&told_to_stop);
    if (signal == 0)
        return;
    state_machine_set_command_stop_signal(signal);
    shutdown_begin();
}

/* All that have come, and then the stop. If there are yet more, they are reported again. */
static void hear_signals(struct source *source, uint32_t events)
{
    siginfo_t signals[SIGNALS_AT_A_TIME];
    int heard = 0, got;
    (void)events;
    do {
        got = (int)(read(source->fd, signals, sizeof signals) / (ssize_t)sizeof *signals);
        for (int i = 0; i < got; i++)
            hear_signal(&signals[i]);
        heard += got;
    } while (got == SIGNALS_AT_A_TIME && heard < SIGNALS_MOST);
    if (heard == 0)
        event_loop_yield();
    hear_stop();
}

/* That it was called is what counts: the supervisor goes round. */
static void hear_stop_alone(struct source *source, uint32_t events)
{
    (void)source, (void)events;
    hear_stop();
}

/* The note comes first: when the pipe has been read, the stop has been seen. */
void inbox_put_signal(const siginfo_t *info)
{
    int signal = signal_map_apply(plan->map, info->si_signo);
    if (signal_asks_to_stop(info->si_signo) && signal != 0)
        atomic_store(&told_to_stop, signal);
    if (write(signal_pipe[1], info, sizeof *info) == -1 &&
        !event_loop_watch(&room, EPOLLOUT | EPOLLONESHOT))
        say(LOG_DEBUG, "a signal more than can be passed on");
}

bool inbox_has_stop_request(void)
{
    return atomic_load(&told_to_stop) != 0;
}

static bool anybody_notifies(void)
{
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (service_extras(service)->notes != NULL)
            return true;
    return false;
}

bool inbox_begin(struct plan *all)
{
    static struct source signals = {.ready = hear_signals};
    plan = all;
    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) == -1)
        return false;
    signals.fd = signal_pipe[0];
    room = (struct source){signal_pipe[1], hear_stop_alone};
    if (!event_loop_watch(&signals, EPOLLIN))
        return false;
    if (!anybody_notifies())
        return true;
    services.fd = notify_open();
    return services.fd != -1 && event_loop_watch(&services, EPOLLIN);
}
