/*
 * probe.c - see probe.h.
 *
 * At most one check is under way, and there is one point in time: while a check is under way it
 * times out then, else the next one begins then. A check that was ended has no result. Its command
 * may take a moment to end, and until then no other check begins.
 *
 * Failures of health checks are counted as Docker counts those of a HEALTHCHECK: an interval lies
 * before the first check, and between the end of one and the begin of the next; a failure of a
 * check that began in the start period counts only after a success; a success sets the count to
 * zero.
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
#include "supervise/probe_methods.h"

/* Between two checks of readiness: doubled from the first to the most. */
enum { INTERVAL_FIRST = 20, INTERVAL_MOST = 1 * MS_PER_SECOND };

enum phase { PHASE_NONE, PHASE_READINESS, PHASE_HEALTH };

struct probe {
    struct probe_check check;
    struct side_command stop_command;
    milliseconds due;       /* when the check times out, or the next begins; NEVER */
    int interval;           /* to the next check of readiness */
    unsigned failures;      /* of health checks in a row */
    unsigned char phase;    /* enum phase */
    unsigned char health;   /* enum health */
    bool is_check_underway; /* check has begun, and has no result yet */
};

void probe_prepare(struct service *service)
{
    const struct settings *settings = service->settings;
    if (probe_methods[settings->ready].begin == NULL && settings->healthcheck == NULL &&
        settings->stop_command == NULL)
        return;
    struct probe *probe = arena_alloc(sizeof *probe);
    probe->due = NEVER;
    probe_methods_prepare(&probe->check);
    service_give_extras(service)->probe = probe;
}

/* Only foster's end is non-blocking: the service's is as any program expects it. */
int probe_open_fd(struct service *service)
{
    int ends[2];
    if (service->settings->ready != READY_BY_FD)
        return -1;
    struct probe_check *check = &service_extras(service)->probe->check;
    probe_methods_end(check);
    if (pipe2(ends, O_CLOEXEC) == -1) {
        log_line(LOG_WARNING, "%s cannot report that it is ready: cannot open a pipe: %s",
                 service->name, strerror(errno));
        return -1;
    }
    descriptor_set_flags(ends[0], O_NONBLOCK);
    check->source.fd = ends[0];
    return ends[1];
}

/* ---- phases ---- */

static void enter(struct probe *probe, enum phase phase, milliseconds due)
{
    probe->phase = phase;
    probe->due = due;
    probe->is_check_underway = false;
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
        probe_begin_health(service, now);
    else if (probe_methods[settings->ready].begin != NULL)
        enter(probe, PHASE_READINESS, now);
}

/* A service may say more than once that it is ready: that does not put off its health check. */
void probe_begin_health(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    if (probe == NULL || probe->phase == PHASE_HEALTH)
        return;
    probe_methods_end(&probe->check);
    if (service->settings->healthcheck != NULL)
        enter(probe, PHASE_HEALTH, now + service->settings->healthcheck_interval);
    else
        enter(probe, PHASE_NONE, NEVER);
}

void probe_end(struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    if (probe == NULL)
        return;
    probe_methods_end(&probe->check);
    side_command_kill(&probe->stop_command);
    enter(probe, PHASE_NONE, NEVER);
    probe->health = HEALTH_NONE;
}

/* ---- one check ---- */

static struct probe_target target_of(const struct settings *settings, enum phase phase)
{
    if (phase == PHASE_HEALTH)
        return (struct probe_target){settings->healthcheck_by, settings->healthcheck_address,
                                     settings->healthcheck_argument};
    return (struct probe_target){settings->ready, settings->ready_address,
                                 settings->ready_argument};
}

static enum check_result begin_check(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    const struct settings *settings = service->settings;
    probe->check.target = target_of(settings, probe->phase);
    const struct probe_method *method = &probe_methods[probe->check.target.by];
    milliseconds timeout =
        probe->phase == PHASE_HEALTH ? settings->healthcheck_timeout : method->timeout;
    probe->due = timeout == NEVER ? NEVER : now + timeout;
    probe->is_check_underway = true;
    return method->begin(&probe->check, service);
}

static enum check_result poll_check(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    enum check_result result = probe_methods[probe->check.target.by].poll(&probe->check, service);
    if (result != CHECK_PENDING || now < probe->due)
        return result;
    probe_methods_end(&probe->check);
    return CHECK_TIMED_OUT;
}

/* ---- results ---- */

static enum probe_change take_readiness(struct service *service, enum check_result result,
                                        milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    if (result == CHECK_PASSED) {
        probe_begin_health(service, now);
        return PROBE_READY;
    }
    probe->due = now + probe->interval;
    probe->interval = probe->interval * 2 < INTERVAL_MOST ? probe->interval * 2 : INTERVAL_MOST;
    return PROBE_UNCHANGED;
}

static void log_unhealthy(const struct service *service, enum check_result result)
{
    const struct probe *probe = service_extras(service)->probe;
    struct text line;
    log_begin(&line);
    text_add(&line, "%s is unhealthy: %s ", service->name, service->settings->healthcheck);
    if (result == CHECK_TIMED_OUT) {
        text_add(&line, "took longer than ");
        duration_append(&line, service->settings->healthcheck_timeout);
    } else if (result == CHECK_NOT_RUN) {
        text_add(&line, "could not be run");
    } else {
        probe_methods_add_failure(&line, &probe->check);
    }
    if (probe->failures > 1)
        text_add(&line, ", %u times in a row", probe->failures);
    log_end(LOG_WARNING, &line);
}

static enum probe_change become_healthy(struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    enum health before = probe->health;
    probe->failures = 0;
    probe->health = HEALTH_HEALTHY;
    if (before == HEALTH_UNHEALTHY)
        log_line(LOG_INFO, "%s is healthy again", service->name);
    return before == HEALTH_HEALTHY ? PROBE_UNCHANGED : PROBE_HEALTHY;
}

static enum probe_change take_health(struct service *service, enum check_result result,
                                     milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    const struct settings *settings = service->settings;
    milliseconds begun = probe->due - settings->healthcheck_timeout;
    probe->due = now + settings->healthcheck_interval;
    if (result == CHECK_PASSED)
        return become_healthy(service);
    bool is_excused = probe->health == HEALTH_STARTING &&
                      begun - service->started < settings->healthcheck_start_period;
    if (is_excused || probe->health == HEALTH_UNHEALTHY ||
        ++probe->failures < settings->healthcheck_retries)
        return PROBE_UNCHANGED;
    probe->health = HEALTH_UNHEALTHY;
    log_unhealthy(service, result);
    return PROBE_UNHEALTHY;
}

enum probe_change probe_look(struct service *service, milliseconds now)
{
    struct probe *probe = service_extras(service)->probe;
    if (probe == NULL || (!probe->is_check_underway && now < probe->due))
        return PROBE_UNCHANGED;
    enum check_result result =
        probe->is_check_underway ? poll_check(service, now) : begin_check(service, now);
    if (result == CHECK_PENDING)
        return PROBE_UNCHANGED;
    probe->is_check_underway = false;
    return probe->phase == PHASE_HEALTH ? take_health(service, result, now)
                                        : take_readiness(service, result, now);
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

bool probe_has_process(struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    return probe != NULL &&
           (side_command_poll(&probe->check.command) || side_command_poll(&probe->stop_command));
}

/* ---- the stop command ---- */

bool probe_run_stop_command(struct service *service, const char *command)
{
    struct side_command *stop_command = &service_extras(service)->probe->stop_command;
    if (!side_command_poll(stop_command))
        return side_command_begin(stop_command, service, command);
    log_line(LOG_WARNING, "%s: cannot run %s: the last one was killed and has not ended",
             service->name, command);
    return false;
}

bool probe_poll_stop_command(struct service *service)
{
    struct probe *probe = service_extras(service)->probe;
    return probe != NULL && side_command_poll(&probe->stop_command);
}
