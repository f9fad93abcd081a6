/*
 * dependencies.c - see dependencies.h. No recursion: a chain may be as long as there are services,
 * and a stack is not.
 */
#include "supervise/dependencies.h"

#include "supervise/state_machine.h"

/* What the state of a service means for those that wait for it: a bit for each condition. */
enum {
    STARTED_BIT = 1 << CONDITION_STARTED,
    READY_BIT = 1 << CONDITION_READY,
    COMPLETED_BIT = 1 << CONDITION_COMPLETED
};

static const struct {
    unsigned char met;
    unsigned char hopeless;
} prospects[STATES] = {
    [STARTING] = {.met = STARTED_BIT},
    [RUNNING] = {.met = STARTED_BIT | READY_BIT},
    [READY] = {.met = STARTED_BIT | READY_BIT},
    [DONE] = {.met = STARTED_BIT | COMPLETED_BIT, .hopeless = READY_BIT},
    [FAILED] = {.hopeless = STARTED_BIT | READY_BIT | COMPLETED_BIT},
};

/* What has failed has started all the same, if it ran: it may have ended before anybody looked. */
static bool has_been_started(const struct dependency *dependency)
{
    const struct service *on = dependency->on;
    return dependency->condition == CONDITION_STARTED && on->state == FAILED && on->has_run &&
           on->exec_code == 0;
}

static bool is_met(const struct dependency *dependency)
{
    return (prospects[dependency->on->state].met & 1U << dependency->condition) != 0 ||
           has_been_started(dependency);
}

static bool is_hopeless(const struct dependency *dependency)
{
    return !has_been_started(dependency) &&
           (prospects[dependency->on->state].hopeless & 1U << dependency->condition) != 0;
}

const struct service *dependencies_failed(const struct service *service)
{
    const struct extras *extras = service_extras(service);
    for (size_t i = 0; i < extras->depends_count; i++)
        if (is_hopeless(&extras->depends_on[i]))
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

enum { UNMARKED, WANTED, SEEN_TO }; /* the mark of a service in dependencies_start() */

/* True if there are more to be seen to. */
static bool start_those_of(struct service *service)
{
    const struct extras *extras = service_extras(service);
    bool more = false;
    service->start = SEEN_TO;
    for (size_t i = 0; i < extras->depends_count; i++) {
        struct service *on = extras->depends_on[i].on;
        if (is_met(&extras->depends_on[i]))
            continue;
        state_machine_handle(on, EVENT_START);
        if (on->start != UNMARKED)
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
        bool is_meant = of != NULL ? service == of : service->settings->autostart;
        service->start = is_meant ? WANTED : UNMARKED;
    }
    while (more) {
        more = false;
        for (size_t i = plan->count; i-- > 0;) /* who depends on others mostly stands behind them */
            if (plan->services[i].start == WANTED)
                more |= start_those_of(&plan->services[i]);
    }
}
