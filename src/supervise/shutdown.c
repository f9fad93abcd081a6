/*
 * shutdown.c - see shutdown.h.
 *
 * The state machine stops each service; here is when its turn is. Nothing is kept of the order: it
 * is found anew in each round, from the states and the dependencies.
 */
#include "supervise/shutdown.h"

#include "base/log.h"
#include "process/stop_policy.h"
#include "process/wait_status.h"
#include "supervise/dependencies.h"
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

/* A service that was stopped by hand may be started again, unless all are stopped. A shutdown does
 * not wait for a process that cannot be killed. */
static bool has_ended(const struct service *service)
{
    if (under_way && signalling_is_in_vain(service))
        return true;
    return service->state == DONE || service->state == FAILED ||
           (service->state == STOPPED && (under_way || !service->stopped_by_hand));
}

/* The whole stop ends within the 10 s of a container engine, unless the file gives a service a
 * stop_grace_period of its own. */
static milliseconds stop_deadline(void)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->services[i].settings->stop_grace_period_given)
            return NEVER;
    return clock_now() + STOP_BUDGET;
}

/* A service that is being stopped alone may have got more time (EXTEND_TIMEOUT_USEC); the stop of
 * all services does not wait for that. */
static void revoke_extension(struct service *service)
{
    milliseconds grace = service->settings->stop_grace_period;
    milliseconds until = grace != NEVER ? clock_now() + grace : NEVER;
    if (service_is_stopping(service) && service->deadline > until)
        state_machine_set_deadline(service, until);
}

/* A oneshot that has ended is not started again, as by `every`. */
static void keep_ended(struct service *service)
{
    if (service->state == DONE || service->state == FAILED)
        state_machine_set_deadline(service, NEVER);
}

void shutdown_begin(void)
{
    if (under_way)
        return;
    under_way = true;
    kill_at = stop_deadline();
    for (size_t i = 0; i < plan->count; i++) {
        revoke_extension(&plan->services[i]);
        keep_ended(&plan->services[i]);
    }
}

milliseconds shutdown_deadline(void)
{
    return kill_at != NEVER ? kill_at : 0;
}

/* True for a service that runs or is to be undone. */
static bool is_in_use(const struct service *service)
{
    return service_is_to_be_undone(service) || (service_is_up(service) && !has_ended(service));
}

/* Stops each service, and undoes each completed oneshot, that no marked service depends on. */
static void stop_in_order(void)
{
    dependencies_mark_needed(plan, is_in_use);
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (!service->is_needed)
            state_machine_handle(service, EVENT_SHUTDOWN);
}

/* Stops the services whose turn has not come yet, and kills all. */
static void stop_at_once(void)
{
    kill_at = NEVER;
    log_line(LOG_WARNING,
             "the time for the stop is over: killing the services that have not stopped");
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        state_machine_handle(service, EVENT_SHUTDOWN);
        state_machine_handle(service, EVENT_SHUTDOWN_TIMEOUT);
    }
}

/* True if its main process cannot be killed: foster ends before it. */
static bool is_left_running(const struct service *service)
{
    return signalling_is_in_vain(service) && service_has_process(service);
}

/* The first call decides. */
static void set_exit_code(const struct service *service)
{
    if (exit_code_is_set)
        return;
    exit_code_is_set = true;
    exit_code = is_left_running(service) ? EXIT_FOSTER_FAILED : state_machine_exit_code(service);
}

/* An essential service that has ended for good ends the container. One that was stopped by hand
 * does not, but its exit code counts. */
static void note_essential(const struct service *service)
{
    if (!has_ended(service))
        return;
    if (service->state != STOPPED || (under_way && service->has_run))
        set_exit_code(service);
    if (service->state != STOPPED)
        shutdown_begin();
}

/* Without an essential service the code is that of a service that is left running, or else, unless
 * foster was told to stop, that of the first one that has failed. */
static void decide_exit_code(void)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_left_running(&plan->services[i]))
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

/* When all services have ended by themselves, the oneshots are undone all the same. */
static void begin_if_all_have_ended(void)
{
    bool has_undo = false;
    for (size_t i = 0; i < plan->count; i++) {
        if (!has_ended(&plan->services[i]))
            return;
        has_undo |= service_is_to_be_undone(&plan->services[i]);
    }
    if (!has_undo)
        return;
    decide_exit_code();
    shutdown_begin();
}

milliseconds shutdown_look(milliseconds now)
{
    if (!under_way)
        begin_if_all_have_ended();
    if (now >= kill_at)
        stop_at_once();
    else if (under_way)
        stop_in_order();
    return kill_at;
}

bool shutdown_finish(int *code)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!has_ended(&plan->services[i]))
            return false;
    decide_exit_code();
    *code = exit_code;
    return true;
}
