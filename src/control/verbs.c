/* verbs.c - see verbs.h. */
#include "control/verbs.h"

#include <stddef.h>
#include <string.h>

#include "control/goals.h"
#include "control/metrics.h"
#include "control/report.h"
#include "control/turns.h"
#include "supervise/supervisor.h"

static bool shut_down(struct writer *answer, const struct plan *plan, const char *names)
{
    (void)answer, (void)plan, (void)names;
    supervisor_shut_down();
    return true;
}

enum { TAKES_TIME = VERB_NAMES | VERB_TIMEOUT, TAKES_ALL = TAKES_TIME | VERB_ALL };

#define TIMED "[--timeout D] all|NAME..."
const struct verb verbs[VERBS] = {
    {"status", "[--json] [NAME...]", "show the state of the services", 0, VERB_NAMES | VERB_JSON,
     .report = report_table},
    {"start", TIMED, "start services and wait until each is up", 1, TAKES_ALL, GOAL_UP,
     .act = supervisor_start},
    {"stop", TIMED, "stop services and wait for their end", 1, TAKES_ALL, GOAL_DOWN,
     .turn = TURN_TO_STOP, .act = supervisor_stop},
    {"restart", TIMED, "stop and start services, and wait", 1, TAKES_ALL, GOAL_UP,
     .turn = TURN_TO_RESTART, .act = supervisor_restart},
    {"reload", "[--wait [--timeout D]] NAME...", "send each service its reload_signal", 1,
     TAKES_TIME | VERB_WAIT, .act = NULL},
    {"signal", "SIGNAL NAME...", "send SIGNAL to services", 2, VERB_NAMES | VERB_SIGNAL,
     .act = NULL},
    {"wait", "[--timeout D] NAME[:ready|:started|:completed|:stopped]...", "wait for each", 1,
     TAKES_TIME | VERB_GOALS, GOAL_READY, .act = NULL},
    {"health", "", "exit with 0 if all services are healthy", 0, 0, .report = report_health},
    {"metrics", "", "show metrics, as OpenMetrics", 0, 0, .report = metrics_write},
    {"shutdown", "", "stop all services, then foster", 0, 0, .report = shut_down},
};

const struct verb *verb_find(const char *name)
{
    for (const struct verb *verb = verbs; verb < verbs + VERBS; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}
