/*
 * turns.c - see turns.h.
 *
 * A byte for each service says what is to be done; nothing is kept of a request. So two requests at
 * once make one order, and a later request for a service replaces the earlier one.
 */
#include "control/turns.h"

#include "base/arena.h"
#include "supervise/dependencies.h"
#include "supervise/signalling.h"
#include "supervise/supervisor.h"

static const struct plan *plan;
static unsigned char *turns; /* enum turn of each service */
static size_t awaited;       /* how many are not NO_TURN */
static bool has_acted;       /* in the last look */

void turns_begin(const struct plan *all)
{
    plan = all;
    turns = arena_alloc(plan->count);
}

static enum turn turn_of(const struct service *service)
{
    return (enum turn)turns[service - plan->services];
}

void turns_set(const struct service *service, enum turn turn)
{
    awaited += (turn != NO_TURN) - (size_t)turns_is_awaited(service);
    turns[service - plan->services] = (unsigned char)turn;
}

bool turns_is_awaited(const struct service *service)
{
    return turn_of(service) != NO_TURN;
}

/* A service that cannot be killed is not waited for. */
static bool is_down(const struct service *service)
{
    return service->state == STOPPED || service->state == DONE || service->state == FAILED ||
           signalling_is_in_vain(service);
}

static bool is_to_stop(const struct service *service)
{
    return turn_of(service) == TURN_TO_STOP || turn_of(service) == TURN_TO_RESTART;
}

/* Its dependencies are not stopped before it; nor before a completed oneshot is undone. */
static bool is_stopping(const struct service *service)
{
    bool is_under_way = service_is_stopping(service) ||
                        (service->state == CLEARING && service->afterwards == STAY_STOPPED);
    return (!is_down(service) || service_is_to_be_undone(service)) &&
           (is_to_stop(service) || is_under_way);
}

/* Stops each service whose turn has come. True if all that are restarted are down by now. */
static bool stop_in_order(void)
{
    bool all_down = true;
    dependencies_mark_needed(plan, is_stopping);
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        enum turn turn = turn_of(service);
        if (is_to_stop(service) && !service->is_needed) {
            turns_set(service, turn == TURN_TO_RESTART ? TURN_TO_START : NO_TURN);
            supervisor_stop(service);
            has_acted = true;
        }
        all_down &= turn_of(service) < TURN_TO_RESTART || is_down(service);
    }
    return all_down;
}

static void start_all(void)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        if (turn_of(service) != TURN_TO_START)
            continue;
        turns_set(service, NO_TURN);
        supervisor_start(service);
        has_acted = true;
    }
}

static void forget_all(void)
{
    for (size_t i = 0; i < plan->count; i++)
        turns_set(&plan->services[i], NO_TURN);
}

void turns_look(void)
{
    has_acted = false;
    if (awaited == 0)
        return;
    if (supervisor_is_shutting_down())
        forget_all();
    else if (stop_in_order())
        start_all();
}

milliseconds turns_due(void)
{
    return has_acted ? 0 : NEVER;
}
