/*
 * probe.c - see probe.h.
 *
 * Whatever is asked, and how, there is at most one question under way, and one point in time: while
 * it is under way that is when it is given up, else when the next one begins. A question that was
 * ended has no result; its command may take a moment to die, and until then no other is begun.
 *
 * What is counted, and when, is what Docker does with a HEALTHCHECK, so that nobody has to learn it
 * twice: an interval lies before the first check and between the end of one and the start of the
 * next; a failure of a check that began in the start period counts only after a success; a success
 * starts the count anew.
 */
#include "supervise/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/duration.h"
#include "base/log.h"
#include "process/descriptors.h"
#include "process/wait_status.h"
#include "supervise/probe_methods.h"

/* Between two questions for readiness: doubling from the one to the other. */
enum { INTERVAL_FIRST = 20, INTERVAL_MOST = 1 * MS_PER_SECOND };

enum phase { NOTHING_ASKED, READINESS_ASKED, HEALTH_ASKED };

struct probe {
    struct probe_check question;
    struct side_command aside; /* the stop command */
    milliseconds due;          /* when the question is given up, or the next begins; NEVER */
    int interval;              /* to the next question for readiness */
    unsigned failures;         /* of health checks in a row */
    unsigned char phase;       /* enum phase */
    unsigned char health;      /* enum health */
    bool is_asked;             /* a question is under way */
};

void probe_prepare(struct service *service)
{
    const struct settings *settings = service->settings;
    if (probe_methods[settings->ready].begin == NULL && settings->healthcheck == NULL &&
        settings->stop_command == NULL)
        return;
    struct probe *probe = arena_alloc(sizeof *probe);
    probe->due = NEVER;
    probe_methods_prepare(&probe->question);
    service_give_extras(service)->probe = probe;
}

int probe_open_fd(struct service *service)
{
    int ends[2];
    if (service->settings->ready != READY_BY_FD)
        return -1;
    struct probe_check *question = &service_extras(service)->probe->question;
    probe_methods_end(question);
    if (pipe2(ends, O_CLOEXEC) == -1) {
        say(LOG_WARNING, "%s cannot say that it is ready: there is no pipe for it: %s",
            service->name, strerror(errno));
        return -1;
    }
    descriptor_set_flags(ends[0],
                         O_NONBLOCK); /* our end only: the service's is to be as it expects */
    question->source.fd = ends[0];
    return ends[1];
}

/* ---- phases ---- */

static void enter(struct probe *probe, enum phase phase, milliseconds due)
{
    probe->phase = phase;
    probe->due = due;
    probe->is_asked = false;
}

void probe_begin(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    const struct settings *settings = service->settings;
    if (probe == NULL)
        return;
    probe->health = settings->healthcheck != NULL ? HEALTH_STARTING : HEALTH_NONE;
    probe->failures = 0;
    probe->interval = INTERVAL_FIRST;
    if (settings->ready == READY_AT_ONCE)
        probe_is_ready(service, now);
    else if (probe_methods[settings->ready].begin != NULL)
        enter(probe, READINESS_ASKED, now);
}

/* A service may say more than once that it is ready; that does not put off its health check. */
void probe_is_ready(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    if (probe == NULL || probe->phase == HEALTH_ASKED)
        return;
    probe_methods_end(&probe->question);
    if (service->settings->healthcheck != NULL)
        enter(probe, HEALTH_ASKED, now + service->settings->healthcheck_interval);
    else
        enter(probe, NOTHING_ASKED, NEVER);
}

void probe_end(struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    if (probe == NULL)
        return;
    probe_methods_end(&probe->question);
    side_command_kill(&probe->aside);
    enter(probe, NOTHING_ASKED, NEVER);
    probe->health = HEALTH_NONE;
}

/* ---- questions ---- */

static const struct probe_method *way_of(const struct service *service)
{
    return &probe_methods[service_extras(service)->probe->phase == HEALTH_ASKED
                              ? READY_BY_EXEC
                              : service->settings->ready];
}

static enum answer begin_question(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    const struct settings *settings = service->settings;
    const struct probe_method *way = way_of(service);
    bool health = probe->phase == HEALTH_ASKED;
    milliseconds patience = health ? settings->healthcheck_timeout : way->patience;
    probe->due = patience == NEVER ? NEVER : now + patience;
    probe->is_asked = true;
    return way->begin(&probe->question, service,
                      health ? settings->healthcheck : settings->ready_argument);
}

static enum answer check_question(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    enum answer answer = way_of(service)->check(&probe->question, service);
    if (answer != PENDING || now < probe->due)
        return answer;
    probe_methods_end(&probe->question);
    return LATE;
}

/* ---- answers ---- */

static enum finding judge_readiness(struct service *service, enum answer answer, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    if (answer == YES) {
        probe_is_ready(service, now);
        return FOUND_READY;
    }
    probe->due = now + probe->interval;
    probe->interval = probe->interval * 2 < INTERVAL_MOST ? probe->interval * 2 : INTERVAL_MOST;
    return FOUND_NOTHING;
}

static void say_unhealthy(const struct service *service, enum answer answer)
{
    const struct probe *probe = service_extras(service)->probe;
    struct text line;
    log_begin(&line);
    text_add(&line, "%s is unhealthy: %s ", service->name, service->settings->healthcheck);
    if (answer == LATE) {
        text_add(&line, "took longer than ");
        duration_append(&line, service->settings->healthcheck_timeout);
    } else if (answer == NOT_RUN) {
        text_add(&line, "could not be run");
    } else {
        text_add_wait_status(&line, probe->question.command.status);
    }
    if (probe->failures > 1)
        text_add(&line, ", %u times in a row", probe->failures);
    log_end(LOG_WARNING, &line);
}

static enum finding is_well(struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    enum health before = probe->health;
    probe->failures = 0;
    probe->health = HEALTH_HEALTHY;
    if (before == HEALTH_UNHEALTHY)
        say(LOG_INFO, "%s is healthy again", service->name);
    return before == HEALTH_HEALTHY ? FOUND_NOTHING : FOUND_WELL;
}

static enum finding judge_health(struct service *service, enum answer answer, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    const struct settings *settings = service->settings;
    milliseconds begun = probe->due - settings->healthcheck_timeout;
    probe->due = now + settings->healthcheck_interval;
    if (answer == YES)
        return is_well(service);
    bool excused = probe->health == HEALTH_STARTING &&
                   begun - service->started < settings->healthcheck_start_period;
    if (excused || probe->health == HEALTH_UNHEALTHY ||
        ++probe->failures < settings->healthcheck_retries)
        return FOUND_NOTHING;
    probe->health = HEALTH_UNHEALTHY;
    say_unhealthy(service, answer);
    return FOUND_UNWELL;
}

enum finding probe_look(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    if (probe == NULL || (!probe->is_asked && now < probe->due))
        return FOUND_NOTHING;
    enum answer answer =
        probe->is_asked ? check_question(service, now) : begin_question(service, now);
    if (answer == PENDING)
        return FOUND_NOTHING;
    probe->is_asked = false;
    return probe->phase == HEALTH_ASKED ? judge_health(service, answer, now)
                                        : judge_readiness(service, answer, now);
}

milliseconds probe_due(const struct service *service)
{
    const struct probe *probe = service_extras(service)->probe;
    return probe != NULL ? probe->due : NEVER;
}

enum health probe_health(const struct service *service)
{
    const struct probe *probe = service_extras(service)->probe;
    return probe != NULL ? (enum health)probe->health : HEALTH_NONE;
}

/* ---- the stop command ---- */

bool probe_run_stop_command(struct service *service, const char *command)
{
    struct side_command *aside = &service_extras(service)->probe->aside;
    if (!side_command_runs(aside))
        return side_command_begin(aside, service, command);
    say(LOG_WARNING, "%s: %s has been killed and does not die", service->name, command);
    return false;
}

bool probe_stop_command_runs(const struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    return probe != NULL && side_command_runs(&probe->aside);
}
