/*
 * shutdown.c - see shutdown.h.
 */
#include "supervise/shutdown.h"

#include "base/log.h"
#include "process/stop_policy.h"
#include "process/wait_status.h"
#include "supervise/signalling.h"
#include "supervise/state_machine.h"

static struct plan *plan;
static bool under_way;
static milliseconds kill_at = NEVER; /* when the time for the whole stop is over */

static int exit_code;
static bool exit_code_is_set;
static const struct service *first_failed;

void shutdown_prepare(struct plan *all)
{
    plan = all;
}

bool shutdown_is_under_way(void)
{
    return under_way;
}

/* For one that cannot be killed foster does not stay. */
static bool has_ended(const struct service *service)
{
    if (under_way && signalling_is_in_vain(service))
        return true;
    return service->state == DONE || service->state == FAILED ||
           (service->state == STOPPED && !service->held);
}

/* The stop stays below an engine's 10 s; a service that was given its own time takes it. */
static milliseconds stop_deadline(void)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->services[i].settings->stop_grace_period_given)
            return NEVER;
    return clock_now() + STOP_BUDGET;
}

/* Time that a service was given on top, while it was being stopped alone, does not hold back all.
 */
static void revoke_extension(struct service *service)
{
    milliseconds grace = service->settings->stop_grace_period;
    milliseconds until = grace != NEVER ? clock_now() + grace : NEVER;
    if (service->state == STOPPING && service->deadline > until)
        service->deadline = until;
}

void shutdown_begin(void)
{
    if (under_way)
        return;
    under_way = true;
    kill_at = stop_deadline();
    for (size_t i = 0; i < plan->count; i++)
        revoke_extension(&plan->services[i]);
}

milliseconds shutdown_deadline(void)
{
    return kill_at != NEVER ? kill_at : 0;
}

/* Marks every dependency of a running service, also those of a dependency that is done. Dependents
 * usually come later in the file, so the loop goes backwards. */
static void mark_what_is_needed(void)
{
    bool changed = true;
    for (size_t i = 0; i < plan->count; i++)
        plan->services[i].is_needed = false;
    while (changed) {
        changed = false;
        for (size_t i = plan->count; i-- > 0;) {
            const struct service *service = &plan->services[i];
            if ((!service_is_up(service) || has_ended(service)) && !service->is_needed)
                continue;
            const struct extras *extras = service_extras(service);
            for (size_t d = 0; d < extras->depends_count; d++) {
                changed |= !extras->depends_on[d].on->is_needed;
                extras->depends_on[d].on->is_needed = true;
            }
        }
    }
}

/* A service is told to stop when none is left that depends on it. */
static void stop_in_order(void)
{
    mark_what_is_needed();
    for (size_t i = 0; i < plan->count; i++) {
        struct service *service = &plan->services[i];
        service->held = false;
        if (!service->is_needed &&
            (service->state != STOPPING || service->afterwards != STAY_STOPPED))
            state_machine_handle(service, EVENT_STOP);
    }
}

/* Each is told, in case it was not its turn yet, and its time is over. */
static void stop_at_once(void)
{
    kill_at = NEVER;
    say(LOG_WARNING, "the time for the stop is over: killing what has not ended");
    for (size_t i = 0; i < plan->count; i++) {
        struct service *service = &plan->services[i];
        state_machine_handle(service, EVENT_STOP);
        if (service->state == STOPPING && !service->killed) {
            service->killed = true; /* for all of them that has been said */
            service->kills = 0;
            state_machine_handle(service, EVENT_TIMEOUT);
        }
    }
}

/* It runs, as far as foster knows. */
static bool is_left_behind(const struct service *service)
{
    return signalling_is_in_vain(service) && service->state == STOPPING && !service->reaped;
}

/* The code of the first service that counts is foster's. */
static void set_exit_code(const struct service *service)
{
    if (exit_code_is_set)
        return;
    exit_code_is_set = true;
    exit_code = is_left_behind(service) ? EXIT_FOSTER_FAILED : state_machine_exit_code(service);
}

/* An essential service that has ended for good ends the container. */
static void note_essential(const struct service *service)
{
    if (!has_ended(service))
        return;
    if (service->state != STOPPED || (under_way && service->has_run))
        set_exit_code(service);
    if (service->state != STOPPED)
        shutdown_begin();
}

/* Without an essential one the first that failed gives the code, unless foster was told to stop; or
 * one that foster leaves without. */
static void settle_exit_code(void)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_left_behind(&plan->services[i]))
            set_exit_code(&plan->services[i]);
    if (!under_way && first_failed != NULL)
        set_exit_code(first_failed);
}

void shutdown_note_service(const struct service *service)
{
    if (service->state == FAILED && first_failed == NULL)
        first_failed = service;
    else if (service->state != FAILED && first_failed == service)
        first_failed = NULL;
    if (service->settings->essential)
        note_essential(service);
}

milliseconds shutdown_look(milliseconds now)
{
    if (now >= kill_at)
        stop_at_once();
    else if (under_way)
        stop_in_order();
    return kill_at;
}

bool shutdown_is_over(int *code)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!has_ended(&plan->services[i]))
            return false;
    settle_exit_code();
    *code = exit_code;
    return true;
}
