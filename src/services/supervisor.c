/*
 * supervisor.c - see supervisor.h.
 *
 * The thread goes round: wait for something; then look at every service; show it to the onlooker; if all has ended,
 * leave. A look is a few loads from memory, so a thousand services are looked at in the time of a few system calls, and
 * there is no queue of events that could be lost, or come in the wrong order. When something has changed that others
 * may wait for, the next round follows at once; but between two rounds descriptors are looked at, and a round ends
 * after ROUND_MOST_MS, for services that crash and are started again can keep one going for ever. The next goes on
 * where it ended.
 */
#include "services/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "process/descriptors.h"
#include "process/signals.h"
#include "process/thread.h"
#include "services/dependencies.h"
#include "services/ending.h"
#include "services/hearing.h"
#include "services/life.h"
#include "services/loop.h"
#include "services/main_process.h"
#include "services/news.h"
#include "services/probe.h"
#include "services/run.h"
#include "services/signalling.h"
#include "services/start_watch.h"

enum {
    LOOK_AGAIN_MS = 50, /* for the end of leftovers that are nobody's children yet */
    GO_ON_MS = 10,      /* with a walk to them, behind as long a turn */
    ROUND_MOST_MS = 20, /* what waits is heard within 100 ms, also when two rounds and a start come before it */
    LOOKS_MOST = 8,     /* at one service in a round: more than it takes to go from any state to a start */
};

static struct plan *plan;
static struct onlooker onlooker;

static int exit_code; /* once ended is set */
static atomic_bool ended;

/* ---- one service ---- */

static void look_at_dependencies(struct service *service, milliseconds now)
{
    enum prospect prospect = dependencies_look(service);
    if (prospect == NEVER_MET) {
        news_hopeless(service, dependencies_hopeless(service));
        life_happen(service, HOPELESS);
    } else if (prospect == ALL_MET && !ending_is_under_way() && !hearing_has_been_told_to_stop() &&
               start_watch_has_room(now)) {
        life_happen(service, MET);
    }
}

static void look_at_process(struct service *service)
{
    if (!main_process_has_ended(service))
        return;
    if (!service->reaped) {
        service->reaped = true;
        life_happen(service, ENDED);
    } else if (service->state == STOPPING && life_is_cleared(service)) {
        life_happen(service, CLEARED);
    }
}

static void be_unwell(struct service *service)
{
    service->unwell = true;
    life_happen(service, UNWELL);
}

static void look_at_probe(struct service *service, milliseconds now)
{
    switch (probe_look(service, now)) {
    case FOUND_READY:
        life_happen(service, TOLD);
        break;
    case FOUND_UNWELL:
        if (service->settings->restart != RESTART_NO)
            be_unwell(service);
        break;
    case FOUND_NOTHING:
    case FOUND_WELL:
        break;
    }
    if (service->state == STOPPING && !service->signalled && !service->reaped && !probe_aside_runs(service))
        life_happen(service, ASKED);
}

/* As with systemd the watchdog begins when the service is ready. */
static bool is_watched(const struct service *service)
{
    return service_extras(service)->notes != NULL && (service->state == RUNNING || service->state == READY) &&
           !hearing_is_deaf();
}

static void look_at_watchdog(struct service *service, milliseconds now)
{
    if (now < service->extras->notes->watchdog_due)
        return;
    service->extras->notes->watchdog_due = NEVER;
    say(LOG_WARNING, "%s has missed its watchdog", service->name);
    be_unwell(service);
}

static void look_at(struct service *service, milliseconds now)
{
    if (service->state == WAITING)
        look_at_dependencies(service, now);
    else if (service->state == CLEARING && life_is_cleared(service))
        life_happen(service, CLEARED);
    if (service_is_up(service))
        look_at_process(service);
    if (service_is_up(service) && service_extras(service)->probe != NULL)
        look_at_probe(service, now);
    if (is_watched(service))
        look_at_watchdog(service, now);
    if (now >= service->deadline)
        life_happen(service, TIME);
    ending_note(service);
}

/* When to look at it again if nothing happens before. */
static milliseconds due(struct service *service, milliseconds now)
{
    milliseconds first = earlier(service->deadline, probe_due(service));
    first = earlier(first, main_process_due(service, now));
    if (is_watched(service))
        first = earlier(first, service->extras->notes->watchdog_due);
    if (service->state == CLEARING || (service->state == STOPPING && service->reaped))
        first = earlier(first, now + (service->walk.at == 0 ? LOOK_AGAIN_MS : GO_ON_MS));
    if (service->state == WAITING && !start_watch_has_room(now))
        first = earlier(first, now + START_SLOW_MS);
    return first;
}

/* Nothing has happened, nothing is due: so it is with nearly all of a thousand, nearly always. */
static bool is_at_rest(struct service *service)
{
    return service->state == RUNNING && service->extras == NULL && service->deadline == NEVER &&
           !children_resolved(&service->process, NULL);
}

/* ---- the thread ---- */

/* What takes time: a change may be a start, and whoever is ended may need a walk through /proc. Most services are
 * looked at in less than it takes to read the clock. */
static bool takes_time(const struct service *service, unsigned changes_before)
{
    return life_changes() != changes_before || service->state == CLEARING || service->state == STOPPING;
}

/* Until nothing more happens to it at once; a run of no length with a delay of none could go on like that. Returns when
 * to look at it again. */
static milliseconds look_through(struct service *service, milliseconds *now)
{
    for (int i = 0; i < LOOKS_MOST; i++) {
        unsigned before = life_changes();
        look_at(service, *now);
        if (takes_time(service, before))
            *now = clock_now();
        if (life_changes() == before)
            return due(service, *now);
    }
    return *now;
}

/* Looks once at each, or until the round has lasted too long; returns when to look again, which may be at once: others
 * may wait for what has changed. */
static milliseconds go_round(void)
{
    static size_t next;
    milliseconds begun = clock_now(), now = begun, first = NEVER;
    unsigned before = life_changes();
    bool somebody_waits = false, is_long = false;
    for (size_t i = 0; i < plan->count && !is_long; i++) {
        struct service *service = &plan->services[next];
        next = (next + 1) % plan->count;
        if (is_at_rest(service))
            continue;
        first = earlier(first, look_through(service, &now));
        somebody_waits |= service->state == WAITING;
        is_long = now - begun >= ROUND_MOST_MS;
    }
    first = earlier(first, earlier(ending_look(now), hearing_look(now)));
    bool has_changed = life_changes() != before && (somebody_waits || ending_is_under_way());
    return is_long || has_changed ? begun : first;
}

static void start_all(void)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->services[i].settings->autostart)
            life_happen(&plan->services[i], START);
    dependencies_start(plan, NULL);
}

/*
 * Where there are many services it has its own table of descriptors, which each start copies, and the signal thread's,
 * where the pidfds are, is not that. What both had before is kept open as long as foster runs: the signals' pipe, the
 * sockets, the pipes of the logs.
 *
 * It does not return: a program with PR_SET_PDEATHSIG is told of the end of the thread that started it, prctl(2).
 */
static void *supervise(void *unused)
{
    signals_block_again();
    bool wants_pidfds = run_uses_pidfds() && descriptors_unshare();
    start_all();
    for (;;) {
        children_let_go();
        milliseconds first = earlier(go_round(), signalling_look(plan));
        if (wants_pidfds && first > clock_now()) {
            wants_pidfds = false;
            children_use_pidfds(); /* not earlier: it would hold up the first starts */
            continue;
        }
        if (onlooker.look != NULL) {
            onlooker.look();
            first = earlier(first, onlooker.due());
        }
        if (ending_is_over(&exit_code))
            break;
        loop_wait(first);
    }
    atomic_store(&ended, true);
    if (syscall(SYS_tgkill, run_self(), run_self(), SIGCHLD) == -1) /* the signal thread sleeps */
        kill(run_self(), SIGCHLD);
    for (;;) {
        pause();
        poll(NULL, 0, MS_PER_SECOND); /* where a filter forbids the one */
    }
    return unused;
}

/* ---- before, and from outside ---- */

static void prepare(struct service *service, milliseconds now)
{
    service->since = now;
    service->deadline = NEVER;
    probe_prepare(service);
    if (service->settings->ready == READY_BY_NOTIFY || service->settings->watchdog != 0)
        service_give_extras(service)->notes = arena_take(sizeof(struct notes));
}

bool supervisor_begin(struct plan *all)
{
    plan = all;
    life_begin(plan);
    ending_of(plan);
    milliseconds now = clock_now();
    for (size_t i = 0; i < plan->count; i++)
        prepare(&plan->services[i], now);
    int error = hearing_begin(plan) ? thread_start_for_good(supervise, run_stack()) : errno;
    if (error != 0)
        say(LOG_ERROR, "cannot supervise services: %s", strerror(error));
    return error == 0;
}

bool supervisor_has_ended(int *code)
{
    *code = exit_code;
    return atomic_load(&ended);
}

/* With what it depends on. */
static void start_by_hand(struct service *service, enum event event)
{
    if (ending_is_under_way())
        return;
    life_happen(service, event);
    dependencies_start(plan, service);
}

void supervisor_start(struct service *service)
{
    start_by_hand(service, START);
}

void supervisor_stop(struct service *service)
{
    service->held = true;
    life_happen(service, STOP);
}

void supervisor_restart(struct service *service)
{
    start_by_hand(service, RESTART);
}

int supervisor_send(struct service *service, int signal)
{
    if (!service_is_up(service))
        return ESRCH;
    return signalling_send(service, signal, REACH_CHILD);
}

void supervisor_shut_down(void)
{
    ending_begin();
}

bool supervisor_is_shutting_down(void)
{
    return ending_is_under_way();
}

const struct plan *supervisor_plan(void)
{
    return plan;
}

void supervisor_watch(const struct onlooker *who)
{
    onlooker = *who;
}
