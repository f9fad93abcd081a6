/*
 * supervisor.c - see supervisor.h.
 *
 * The thread goes round: it waits for something to happen, looks at every service, calls the
 * observer, and ends when all services have ended. A look reads a few words of memory, so a
 * thousand services take the time of a few system calls. There is no queue of events: none can be
 * lost or come in the wrong order.
 *
 * After a change that other services may wait for the next round follows at once. Services that
 * crash and are started again could keep one round going for ever: it ends after ROUND_MOST_MS, the
 * descriptors are looked at, and the next one begins with the next service.
 */
#include "supervise/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "process/signals.h"
#include "process/thread.h"
#include "supervise/dependencies.h"
#include "supervise/engine_notify.h"
#include "supervise/event_loop.h"
#include "supervise/forwarding.h"
#include "supervise/main_process.h"
#include "supervise/messages.h"
#include "supervise/notify.h"
#include "supervise/notify_state.h"
#include "supervise/probe.h"
#include "supervise/shutdown.h"
#include "supervise/signalling.h"
#include "supervise/start.h"
#include "supervise/start_descriptors.h"
#include "supervise/start_watch.h"
#include "supervise/state_machine.h"

enum {
    LOOK_AGAIN_MS = 50, /* for the end of remaining processes that are no children of foster yet */
    GO_ON_MS = 10,      /* between two turns of a walk to these processes, run_mark_look() */
    ROUND_MOST_MS = 20, /* a signal is handled within 100 ms, after two rounds and a start */
    LOOKS_MOST = 8,     /* at one service in a round; a start takes fewer steps */
};

static struct plan *plan;
static struct observer observer;

static int exit_code; /* of foster; valid once `ended` is set */
static atomic_bool ended;

/* ---- one service ---- */

static void look_at_dependencies(struct service *service, milliseconds now)
{
    enum prospect prospect = dependencies_look(service);
    if (prospect == NEVER_MET) {
        messages_dependency_failed(service, dependencies_failed(service));
        state_machine_handle(service, EVENT_DEPENDENCIES_FAILED);
    } else if (prospect == ALL_MET && !shutdown_is_under_way() && !forwarding_has_stop() &&
               start_watch_has_room(now)) {
        state_machine_handle(service, EVENT_DEPENDENCIES_MET);
    }
}

static bool has_remaining_processes(const struct service *service)
{
    return service->state == CLEARING || service->state == STOP_CLEARING;
}

static void look_at_process(struct service *service)
{
    if (has_remaining_processes(service)) {
        if (state_machine_clear(service))
            state_machine_handle(service, EVENT_CLEARED);
    } else if (service_has_process(service) && children_resolved(&service->process, NULL) &&
               !main_process_hand_over(service)) {
        state_machine_handle(service, EVENT_ENDED);
    }
}

static void look_at_probe(struct service *service, milliseconds now)
{
    switch (probe_look(service, now)) {
    case PROBE_READY:
        state_machine_handle(service, EVENT_READY);
        break;
    case PROBE_UNHEALTHY:
        if (service->settings->restart != RESTART_NO)
            state_machine_handle(service, EVENT_UNHEALTHY);
        break;
    case PROBE_HEALTHY:
        state_machine_handle(service, EVENT_HEALTHY);
        break;
    case PROBE_UNCHANGED:
        break;
    }
    if (service->state == STOP_COMMAND && !probe_poll_stop_command(service))
        state_machine_handle(service, EVENT_STOP_COMMAND_ENDED);
}

/* As with systemd the time of the watchdog begins when the service is ready, goes on while it
 * reloads, and ends when it begins to stop. */
static bool is_watched(const struct service *service)
{
    return service_extras(service)->notify != NULL && service_is_ready(service) &&
           !notify_is_suspended();
}

static void look_at_watchdog(struct service *service, milliseconds now)
{
    if (now < service->extras->notify->watchdog_due)
        return;
    service->extras->notify->watchdog_due = NEVER;
    log_line(LOG_WARNING, "%s: its watchdog has expired: stopping it", service->name);
    state_machine_handle(service, EVENT_UNHEALTHY);
}

static void look_at(struct service *service, milliseconds now)
{
    if (service->state == WAITING)
        look_at_dependencies(service, now);
    look_at_process(service);
    if (service_is_up(service) && service_extras(service)->probe != NULL)
        look_at_probe(service, now);
    if (is_watched(service))
        look_at_watchdog(service, now);
    if (now >= service->deadline)
        state_machine_handle(service, EVENT_TIMEOUT);
    shutdown_note_service(service);
}

/* When to look at the service again, if nothing happens before. */
static milliseconds due(struct service *service, milliseconds now)
{
    milliseconds first = clock_earlier(service->deadline, probe_due(service));
    first = clock_earlier(first, main_process_due(service, now));
    if (is_watched(service))
        first = clock_earlier(first, service->extras->notify->watchdog_due);
    if (has_remaining_processes(service))
        first = clock_earlier(first, now + (service->walk.at == 0 ? LOOK_AGAIN_MS : GO_ON_MS));
    if (service->state == WAITING && !start_watch_has_room(now))
        first = clock_earlier(first, now + START_SLOW_MS);
    return first;
}

/* Nothing has happened and nothing is due, as with nearly all services nearly always. */
static bool is_at_rest(struct service *service)
{
    return service->state == RUNNING && service->extras == NULL && service->deadline == NEVER &&
           !children_resolved(&service->process, NULL);
}

/* ---- the thread ---- */

/* True if the last look may have taken long: a change may be a start, and a stop may read /proc.
 * Most looks are shorter than a reading of the clock. */
static bool takes_time(const struct service *service, unsigned changes_before)
{
    return state_machine_changes() != changes_before || service->state == CLEARING ||
           service_is_stopping(service);
}

/* Looks at the service until nothing more changes. A program that ends at once and is started again
 * without delay changes for ever, hence LOOKS_MOST. Returns when to look again. */
static milliseconds look_through(struct service *service, milliseconds *now)
{
    for (int i = 0; i < LOOKS_MOST; i++) {
        unsigned before = state_machine_changes();
        look_at(service, *now);
        if (takes_time(service, before))
            *now = clock_now();
        if (state_machine_changes() == before)
            return due(service, *now);
    }
    return *now;
}

/* One round: looks at each service, or at as many as ROUND_MOST_MS allows. Returns when the next
 * round is due: at once if the state of a service has changed and another may wait for it. */
static milliseconds go_round(void)
{
    static size_t next;
    milliseconds begun = clock_now(), now = begun, first = NEVER;
    unsigned before = state_machine_changes();
    bool one_waits = false, is_long = false;
    for (size_t i = 0; i < plan->count && !is_long; i++) {
        struct service *service = &plan->services[next];
        next = (next + 1) % plan->count;
        if (is_at_rest(service))
            continue;
        first = clock_earlier(first, look_through(service, &now));
        one_waits |= service->state == WAITING;
        is_long = now - begun >= ROUND_MOST_MS;
    }
    first = clock_earlier(first, clock_earlier(shutdown_look(now), notify_look(now)));
    first = clock_earlier(first, engine_notify_look(now));
    bool has_changed = state_machine_changes() != before && (one_waits || shutdown_is_under_way());
    return is_long || has_changed ? begun : first;
}

static void start_all(void)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->services[i].settings->autostart)
            state_machine_handle(&plan->services[i], EVENT_START);
    dependencies_start(plan, NULL);
}

/*
 * With many services this thread has its own table of descriptors, which each start copies; the
 * pidfds are in the table of the signal thread. Descriptors that both tables had from the beginning
 * (the pipe of the signals, the pipes of the logs) stay open as long as foster runs, but for the
 * sockets of services, sockets_close_copies().
 *
 * The function does not return: a program with PR_SET_PDEATHSIG is sent its signal when the thread
 * that started it ends, prctl(2).
 */
static void *supervise(void *unused)
{
    signals_block_again();
    bool wants_pidfds = start_descriptors_unshare();
    start_all();
    for (;;) {
        children_let_go();
        milliseconds first = clock_earlier(go_round(), signalling_look(plan));
        if (wants_pidfds && first > clock_now()) {
            wants_pidfds = false;
            children_use_pidfds(); /* not earlier: it would delay the first starts */
            continue;
        }
        if (observer.look != NULL) {
            observer.look();
            first = clock_earlier(first, observer.due());
        }
        if (shutdown_finish(&exit_code))
            break;
        event_loop_wait(first);
    }
    engine_notify_end();
    atomic_store(&ended, true);
    /* Wakes the signal thread; a seccomp filter may forbid tgkill(2). */
    if (syscall(SYS_tgkill, start_own_pid(), start_own_pid(), SIGCHLD) == -1)
        kill(start_own_pid(), SIGCHLD);
    for (;;) {
        pause();
        poll(NULL, 0, MS_PER_SECOND); /* where a filter forbids pause(2) */
    }
    return unused;
}

/* ---- before the first start, and for foster ctl ---- */

static void prepare(struct service *service)
{
    probe_prepare(service);
    if (service->settings->ready == READY_BY_NOTIFY || service->settings->watchdog != 0)
        service_give_extras(service)->notify = arena_alloc(sizeof(struct notify_state));
}

bool supervisor_begin(struct plan *all)
{
    plan = all;
    state_machine_begin(plan);
    shutdown_prepare(plan);
    for (size_t i = 0; i < plan->count; i++)
        prepare(&plan->services[i]);
    int error = forwarding_begin(plan) && notify_begin(plan)
                    ? thread_start_for_good(supervise, start_stack_size())
                    : errno;
    if (error != 0)
        log_line(LOG_ERROR, "cannot supervise services: %s", strerror(error));
    return error == 0;
}

bool supervisor_has_ended(int *code)
{
    *code = exit_code;
    return atomic_load(&ended);
}

/* Starts what the service depends on as well. */
static void start_by_hand(struct service *service, enum service_event event)
{
    if (shutdown_is_under_way())
        return;
    state_machine_handle(service, event);
    dependencies_start(plan, service);
}

void supervisor_start(struct service *service)
{
    start_by_hand(service, EVENT_START);
}

void supervisor_stop(struct service *service)
{
    state_machine_handle(service, EVENT_STOP);
}

void supervisor_restart(struct service *service)
{
    start_by_hand(service, EVENT_RESTART);
}

int supervisor_send(struct service *service, int signal)
{
    if (!service_is_up(service))
        return ESRCH;
    return signalling_send(service, signal, REACH_CHILD);
}

void supervisor_shut_down(void)
{
    shutdown_begin();
}

bool supervisor_is_shutting_down(void)
{
    return shutdown_is_under_way();
}

const struct plan *supervisor_plan(void)
{
    return plan;
}

void supervisor_watch(const struct observer *wanted)
{
    observer = *wanted;
}
