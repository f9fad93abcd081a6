/* verbs.c - see verbs.h. */
#include "control/verbs.h"

#include <stddef.h>
#include <string.h>

#include "control/goals.h"
#include "control/metrics.h"
#include "control/report.h"
#include "supervise/supervisor.h"

static bool report_status(struct writer *answer, const char *names, bool json)
{
    (json ? report_json : report_table)(answer, supervisor_plan(), names);
    return true;
}

static bool report_all_health(struct writer *answer, const char *names, bool json)
{
    (void)names, (void)json;
    return report_health(answer, supervisor_plan());
}

static bool report_all_metrics(struct writer *answer, const char *names, bool json)
{
    (void)names, (void)json;
    metrics_write(answer, supervisor_plan());
    return true;
}

static bool shut_down(struct writer *answer, const char *names, bool json)
{
    (void)answer, (void)names, (void)json;
    supervisor_shut_down();
    return true;
}

enum { TAKES_TIME = VERB_NAMES | VERB_TIMEOUT };

#define TIMED "[--timeout D] NAME..."
const struct verb verbs[VERBS] = {
    {"status", "[--json] [NAME...]", "how they are", 0, VERB_NAMES | VERB_JSON,
     .report = report_status},
    {"start", TIMED, "start, and wait until they are up", 1, TAKES_TIME, GOAL_UP,
     .act = supervisor_start},
    {"stop", TIMED, "stop, and wait until they have ended", 1, TAKES_TIME, GOAL_DOWN,
     .act = supervisor_stop},
    {"restart", TIMED, "stop, start, and wait", 1, TAKES_TIME, GOAL_UP, .act = supervisor_restart},
    {"reload", "NAME...", "send their reload_signal", 1, VERB_NAMES, .act = NULL},
    {"signal", "SIGNAL NAME...", "send that", 2, VERB_NAMES | VERB_SIGNAL, .act = NULL},
    {"wait", "[--timeout D] NAME[:ready|:started|:completed|:stopped]...", "", 1,
     TAKES_TIME | VERB_GOALS, GOAL_READY, .act = NULL},
    {"health", "", "exit 0 if all is well; else what is not", 0, 0, .always_stdout = true,
     .report = report_all_health},
    {"metrics", "", "numbers, as OpenMetrics", 0, 0, .report = report_all_metrics},
    {"shutdown", "", "stop all services, and foster", 0, 0, .report = shut_down},
};

const struct verb *verb_find(const char *name)
{
    for (const struct verb *verb = verbs; verb < verbs + VERBS; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}
