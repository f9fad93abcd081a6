/*
 * goals.c - see goals.h.
 *
 * A goal is a set of states in which it is reached, and a set in which it is out of reach; in all
 * other states it is pending. This counts on the supervisor: when a service is started or stopped,
 * the supervisor leaves the state that the service rests in at once, not later. Before that, while
 * its turn has not come (turns.h), the goal is pending.
 */
#include "control/goals.h"

#include <stdint.h>
#include <string.h>

#include "control/property.h"
#include "control/turns.h"
#include "supervise/dependencies.h"
#include "supervise/notify.h"
#include "supervise/signalling.h"
#include "supervise/supervisor.h"

#define IN(state) (1U << (state))

enum {
    IS_UP = IN(RUNNING) | IN(READY) | IN(RELOADING),
    IS_STARTED_ONCE = IS_UP | IN(STARTING) | IN(DONE),
    IS_DOWN = IN(STOPPED) | IN(DONE) | IN(FAILED),
    IS_STARTED_AGAIN = IN(WAITING) | IN(FORKED) | IN(STARTING) | IS_UP | IN(BACKING_OFF),
    NOT_UP = (IN(STATES) - 1) & ~IS_UP,
    IN_VAIN = IN(STATES), /* not a state: the service is being stopped, and cannot be killed */
};

/* A oneshot is up when it is done. */
static const struct rule {
    const char *name;          /* in `foster ctl wait`; "" if it is not for wait */
    uint16_t service, oneshot; /* the states in which it is reached */
    uint16_t out_of_reach;     /* the states in which it is out of reach */
} rules[GOALS] = {
    [NO_GOAL] = {"", 0, 0, 0},
    [GOAL_UP] = {"", IS_UP | IN(DONE), IN(DONE), IN(FAILED) | IN(STOPPED) | IN_VAIN},
    [GOAL_DOWN] = {"", IS_DOWN, IS_DOWN, IS_STARTED_AGAIN | IN_VAIN},
    [GOAL_RELOADED] = {"", IN(RUNNING) | IN(READY), IN(RUNNING) | IN(READY), NOT_UP},
    [GOAL_READY] = {"ready", IS_UP, IN(DONE), IN(FAILED) | IN(DONE)},
    [GOAL_STARTED] = {"started", IS_STARTED_ONCE, IS_STARTED_ONCE, IN(FAILED)},
    [GOAL_COMPLETED] = {"completed", IN(DONE), IN(DONE), IN(FAILED)},
    [GOAL_STOPPED] = {"stopped", IS_DOWN, IS_DOWN, 0},
};

enum goal goal_find(const char *name)
{
    for (int goal = GOAL_READY; goal < GOALS; goal++)
        if (strcmp(rules[goal].name, name) == 0)
            return (enum goal)goal;
    return NO_GOAL;
}

/* The dependency that is stopped while a service that is to be up waits for it; NULL: none. */
static const struct service *stopped_dependency(enum goal goal, const struct service *service)
{
    return service->state == WAITING && goal == GOAL_UP ? dependencies_stopped(service) : NULL;
}

/* While foster shuts down, a service that is down stays down. */
enum outcome goal_outcome(enum goal goal, const struct service *service)
{
    if ((goal == GOAL_UP || goal == GOAL_DOWN) && turns_is_awaited(service))
        return GOAL_PENDING;
    const struct rule *rule = &rules[goal];
    unsigned reached = service->settings->type == TYPE_ONESHOT ? rule->oneshot : rule->service;
    bool is_awaited = goal == GOAL_RELOADED && notify_awaits_reload(service);
    if ((reached & IN(service->state)) != 0 && !is_awaited)
        return GOAL_REACHED;
    unsigned never = rule->out_of_reach | (supervisor_is_shutting_down() ? IS_DOWN : 0);
    bool is_never = (never & (signalling_is_in_vain(service) ? IN_VAIN : IN(service->state))) != 0;
    return is_never || stopped_dependency(goal, service) != NULL ? GOAL_OUT_OF_REACH : GOAL_PENDING;
}

static void write_in_vain(struct writer *answer, const struct service *service)
{
    struct text text;
    text_clear(&text);
    signalling_append_unkillable(&text, service);
    writer_add(answer, "; %s", text.bytes);
}

void goal_write_reason(struct writer *answer, enum goal goal, const struct service *service,
                       enum outcome outcome)
{
    const struct service *stopped = stopped_dependency(goal, service);
    writer_add(answer, "foster: ");
    property_write_state(answer, service);
    if (outcome == GOAL_PENDING)
        writer_add(answer, "; the timeout has passed");
    else if (signalling_is_in_vain(service))
        write_in_vain(answer, service);
    else if (supervisor_is_shutting_down())
        writer_add(answer, "; foster is shutting down");
    else if (stopped != NULL)
        writer_add(answer, "; %s is stopped", stopped->name);
    writer_add(answer, "\n");
}
