/* property.c - see property.h. */
#include "control/property.h"

#include <unistd.h>

#include "process/attributes.h"
#include "process/procfs.h"
#include "process/wait_status.h"
#include "supervise/main_process.h"
#include "supervise/notify_state.h"
#include "supervise/probe.h"

int64_t property_up(const struct service *service)
{
    return service_is_up(service);
}

int64_t property_ready(const struct service *service)
{
    return service_is_ready(service);
}

int64_t property_restarts(const struct service *service)
{
    return service->restarts;
}

int64_t property_uptime(const struct service *service)
{
    return service_is_up(service) ? (clock_now() - service->started) / MS_PER_SECOND : UNKNOWN;
}

int64_t property_pid(const struct service *service)
{
    return service_is_up(service) ? main_process_pid(service) : UNKNOWN;
}

/* The second number of /proc/PID/statm is that of the resident pages, proc(5). */
int64_t property_memory(const struct service *service)
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
    return service->result == RESULT_UNHEALTHY ? HEALTH_UNHEALTHY : probe_health(service);
}

const char *property_health(const struct service *service)
{
    static const char *const names[] = {
        [HEALTH_NONE] = NULL,
        [HEALTH_STARTING] = "starting",
        [HEALTH_HEALTHY] = "healthy",
        [HEALTH_UNHEALTHY] = "unhealthy",
    };
    return names[health_of(service)];
}

int64_t property_healthy(const struct service *service)
{
    enum health health = health_of(service);
    return health == HEALTH_NONE ? UNKNOWN : health == HEALTH_HEALTHY;
}

bool property_unhealthy(const struct service *service)
{
    return health_of(service) == HEALTH_UNHEALTHY;
}

const char *property_status(const struct service *service)
{
    const struct notify_state *notify = service_extras(service)->notify;
    return notify != NULL && notify->status[0] != '\0' ? notify->status : NULL;
}

int64_t property_exit_code(const struct service *service)
{
    if (service->exec_code != 0)
        return service->exec_code;
    return service->has_run ? wait_status_code(service->last_status) : UNKNOWN;
}

static void append_start_failure(struct text *text, const struct service *service)
{
    const struct settings *settings = service->settings;
    const char *const paths[] = {
        [STEP_STDIN] = settings->input,
        [STEP_LOG] = settings->output_path,
        [STEP_LOG_STDERR] = settings->error_path,
        [STEP_DIRECTORY] = settings->attributes.directory,
        [STEP_ENV_FILE] = NULL,
        [STEP_VARIABLE] = NULL,
    };
    unsigned number = service->result >= RESULT_STEPS ? service->result - RESULT_STEPS : 0;
    const char *step = attributes_step(number),
               *path = number <= STEP_VARIABLE ? paths[number] : NULL;
    if (step != NULL)
        text_add(text, "cannot %s%s%s", step, path != NULL ? ", " : "", path != NULL ? path : "");
    else
        text_add(text, "%s",
                 service->exec_code == EXIT_NOT_FOUND       ? "program not found"
                 : service->exec_code == EXIT_FOSTER_FAILED ? "no process could be started"
                                                            : "program not runnable");
}

void property_append_last_exit(struct text *text, const struct service *service)
{
    if (service->exec_code != 0)
        append_start_failure(text, service);
    else if (service->has_run)
        wait_status_append(text, service->last_status);
}

void property_write_state(struct writer *writer, const struct service *service)
{
    struct text last_exit;
    bool has_failed = service->state == FAILED || service->state == BACKING_OFF;
    text_clear(&last_exit);
    property_append_last_exit(&last_exit, service);
    writer_add(writer, has_failed ? "%s: %s, %s" : "%s: %s", service->name,
               state_name(service->state),
               last_exit.length > 0 ? last_exit.bytes : "never started");
}
