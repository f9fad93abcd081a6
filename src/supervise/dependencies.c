/*
 * dependencies.c - see dependencies.h. Without recursion: a chain may be as long as there are
 * services, and the stack of a thread is small.
 */
#include "supervise/dependencies.h"

#include "supervise/probe.h"
#include "supervise/state_machine.h"

/* What the state of a service means for its dependents: a bit for each condition. */
enum {
    STARTED_BIT = 1 << CONDITION_STARTED,
    READY_BIT = 1 << CONDITION_READY,
    COMPLETED_BIT = 1 << CONDITION_COMPLETED,
    ENDED_BIT = 1 << CONDITION_ENDED,
    HEALTHY_BIT = 1 << CONDITION_HEALTHY
};

static const struct {
    unsigned char met;
    unsigned char never; /* can be met no more */
} prospects[STATES] = {
    [STARTING] = {.met = STARTED_BIT},
    [RUNNING] = {.met = STARTED_BIT | READY_BIT | HEALTHY_BIT},
    [READY] = {.met = STARTED_BIT | READY_BIT | HEALTHY_BIT},
    [RELOADING] = {.met = STARTED_BIT | READY_BIT | HEALTHY_BIT},
    [STOPPED] = {.met = ENDED_BIT},
    [DONE] = {.met = STARTED_BIT | COMPLETED_BIT | ENDED_BIT, .never = READY_BIT | HEALTHY_BIT},
    [FAILED] = {.met = ENDED_BIT, .never = STARTED_BIT | READY_BIT | COMPLETED_BIT | HEALTHY_BIT},
};

/* What the state alone does not tell. */
static bool is_still_missing(const struct dependency *dependency)
{
    const struct service *on = dependency->on;
    return (dependency->condition == CONDITION_HEALTHY && probe_health(on) != HEALTH_HEALTHY) ||
           (on->state == STOPPED && !on->has_run);
}

/* A service that has failed was started nevertheless, if its program ran: it may have ended before
 * the supervisor looked at its dependents. */
static bool has_been_started(const struct dependency *dependency)
{
    const struct service *on = dependency->on;
    return dependency->condition == CONDITION_STARTED && on->state == FAILED && on->has_run &&
           on->exec_code == 0;
}

static bool is_met(const struct dependency *dependency)
{
    bool may_be = (prospects[dependency->on->state].met & 1U << dependency->condition) != 0;
    return (may_be && !is_still_missing(dependency)) || has_been_started(dependency);
}

static bool is_never_met(const struct dependency *dependency)
{
    return !has_been_started(dependency) &&
           (prospects[dependency->on->state].never & 1U << dependency->condition) != 0;
}

const struct service *dependencies_failed(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    for (size_t i = 0; i < extras->depends_count; i++)
        if (is_never_met(&extras->depends_on[i]))
            return extras->depends_on[i].on;
    return NULL;
}

enum prospect dependencies_look(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    for (size_t i = 0; i < extras->depends_count; i++)
        if (!is_met(&extras->depends_on[i]))
            return dependencies_failed(service) != NULL ? NEVER_MET : NOT_MET_YET;
    return ALL_MET;
}

static const struct service *first_missing(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    for (size_t i = 0; i < extras->depends_count; i++)
        if (!is_met(&extras->depends_on[i]))
            return extras->depends_on[i].on;
    return NULL;
}

const struct service *dependencies_stopped(const struct service *service)
{
    do /* there is no circle */
        service = first_missing(service);
    while (service != NULL && service->state == WAITING);
    return service != NULL && service->state == STOPPED ? service : NULL;
}

enum { NOT_WANTED, WANTED, VISITED }; /* service->start, in dependencies_start() */

/* Starts the dependencies of one service. True if any of them is to be visited in its turn. */
static bool visit(struct service *service)
{
    const struct extras *extras = service_extras(service);
    bool more = false;
    service->start = VISITED;
    for (size_t i = 0; i < extras->depends_count; i++) {
        struct service *on = extras->depends_on[i].on;
        if (is_met(&extras->depends_on[i]))
            continue;
        state_machine_handle(on, EVENT_START);
        if (on->start != NOT_WANTED)
            continue;
        on->start = WANTED;
        more = true;
    }
    return more;
}

void dependencies_start(const struct plan *plan, const struct service *of)
{
    bool more = true;
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        bool is_wanted = of != NULL ? service == of : service->settings->autostart;
        service->start = is_wanted ? WANTED : NOT_WANTED;
    }
    while (more) {
        more = false;
        for (size_t i = plan->count; i-- > 0;) /* dependents usually come later in the file */
            if (plan->services[i].start == WANTED)
                more |= visit(&plan->services[i]);
    }
}

/* Dependents usually come later in the file, so the loop goes backwards. */
void dependencies_mark_needed(const struct plan *plan,
                              bool (*is_user)(const struct service *service))
{
    bool changed = true;
    for (size_t i = 0; i < plan->count; i++)
        plan->services[i].is_needed = false;
    while (changed) {
        changed = false;
        for (size_t i = plan->count; i-- > 0;) {
            const struct service *service = &plan->services[i];
            if (!service->is_needed && !is_user(service))
                continue;
            const struct extras *extras = service_extras(service);
            for (size_t d = 0; d < extras->depends_count; d++) {
                changed |= !extras->depends_on[d].on->is_needed;
                extras->depends_on[d].on->is_needed = true;
            }
        }
    }
}
