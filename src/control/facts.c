/*
 * facts.c - see facts.h.
 *
 * The pid may be one that is reaped already, if the supervisor has not heard of it yet: it is only
 * told, never signalled.
 */
#include "control/facts.h"

#include <unistd.h>

#include "base/text.h"
#include "process/procfs.h"
#include "process/wait_status.h"
#include "supervise/main_process.h"
#include "supervise/probe.h"

int64_t fact_up(const struct service *service)
{
    return service_is_up(service);
}

int64_t fact_ready(const struct service *service)
{
    return service->state == RUNNING || service->state == READY;
}

int64_t fact_restarts(const struct service *service)
{
    return service->restarts;
}

int64_t fact_uptime(const struct service *service)
{
    return service_is_up(service) ? (clock_now() - service->started) / MS_PER_SECOND : UNKNOWN;
}

int64_t fact_pid(const struct service *service)
{
    return service_is_up(service) ? main_process_pid(service) : UNKNOWN;
}

/* The second number of /proc/PID/statm is the resident pages, proc(5). */
int64_t fact_memory(const struct service *service)
{
    enum { SEVEN_NUMBERS = 160 };
    char line[SEVEN_NUMBERS];
    const char *resident;
    if (!service_is_up(service) || !procfs_is_ours() ||
        procfs_head(main_process_pid(service), "/statm", line, sizeof line) <= 0)
        return UNKNOWN;
    text_number(line, &resident);
    return *resident == ' ' ? text_number(resident + 1, NULL) * getpagesize() : UNKNOWN;
}

static enum health health_of(const struct service *service)
{
    return service->unwell ? HEALTH_UNHEALTHY : probe_health(service);
}

const char *fact_health(const struct service *service)
{
    static const char *const names[] = {
        [HEALTH_NONE] = NULL,
        [HEALTH_STARTING] = "starting",
        [HEALTH_HEALTHY] = "healthy",
        [HEALTH_UNHEALTHY] = "unhealthy",
    };
    return names[health_of(service)];
}

int64_t fact_healthy(const struct service *service)
{
    enum health health = health_of(service);
    return health == HEALTH_NONE ? UNKNOWN : health == HEALTH_HEALTHY;
}

bool fact_unhealthy(const struct service *service)
{
    return health_of(service) == HEALTH_UNHEALTHY;
}

int64_t fact_exit_code(const struct service *service)
{
    if (service->exec_code != 0)
        return service->exec_code;
    return service->has_run ? wait_status_code(service->last_status) : UNKNOWN;
}

void text_add_last_exit(struct text *text, const struct service *service)
{
    if (service->exec_code != 0)
        text_add(text, "%s",
                 service->exec_code == EXIT_NOT_FOUND ? "program not found"
                                                      : "program not runnable");
    else if (service->has_run)
        text_add_wait_status(text, service->last_status);
}

void writer_add_condition(struct writer *writer, const struct service *service)
{
    struct text why;
    bool has_failed = service->state == FAILED || service->state == BACKING_OFF;
    text_clear(&why);
    text_add_last_exit(&why, service);
    writer_add(writer, has_failed ? "%s: %s, %s" : "%s: %s", service->name,
               state_name(service->state), why.length > 0 ? why.bytes : "never started");
}
