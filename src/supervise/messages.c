/*
 * messages.c - see messages.h.
 */
#include "supervise/messages.h"

#include <string.h>

#include "process/exit_report.h"
#include "supervise/main_process.h"

/* Not logged for the command of the command line: its end always stops all services. */
#define STOPS_ALL "; it is essential: stopping all services"

static const char *termination_log; /* NULL: none */

void messages_begin(const char *path)
{
    termination_log = path;
}

/* Of an essential service: its end is the container's end. */
static void write_termination_log(const struct service *service, const struct text *line)
{
    if (service->settings->essential)
        exit_report_write(termination_log, line);
}

void messages_timeout(const struct service *service, const char *omission, milliseconds limit,
                      const char *action)
{
    struct text line;
    log_begin(&line);
    text_add(&line, "%s%s", service->name, omission);
    duration_append(&line, limit);
    text_add(&line, "%s", action);
    log_end(LOG_WARNING, &line);
}

/* 1st, 2nd, 3rd, 4th, 11th, 21st */
static const char *ordinal(unsigned number)
{
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    enum { TEN = 10, HUNDRED = 100, ENDINGS = sizeof endings / sizeof endings[0] };
    bool teen = number % HUNDRED / TEN == 1;
    return endings[!teen && number % TEN < ENDINGS ? number % TEN : 0];
}

static const char *const reasons[] = {
    [RESULT_STATUS] = "",
    [RESULT_TIMEOUT] = " (it was not ready in time)",
    [RESULT_PROTOCOL] = ", before it was ready",
    [RESULT_UNHEALTHY] = " (it was unhealthy)",
};

static const char *reason(const struct service *service)
{
    bool is_late_oneshot =
        service->result == RESULT_TIMEOUT && service->settings->type == TYPE_ONESHOT;
    return is_late_oneshot ? " (it took too long)" : reasons[service->result];
}

/* True if the run was ended by a signal that was meant to end it, as far as foster knows. */
static bool is_expected(const struct service *service)
{
    if (service->command != NULL)
        return service->was_signalled;
    return exit_report_is_expected(service->last_status, main_process_expected(service));
}

/* "web (pid 12) was killed by SIGSEGV after 2.1 s" */
static void add_end(struct text *line, const struct service *service)
{
    log_begin(line);
    if (service->exec_code != 0) {
        text_add(line, "%s could not be started", service->name);
        return;
    }
    text_add(line, "%s (pid %d) ", service->name, service->process.pid);
    exit_report_append(line, service->last_status, clock_now() - service->started,
                       is_expected(service));
    text_add(line, "%s", reason(service));
}

void messages_end(const struct service *service, const char *next)
{
    struct text line;
    if (!log_wants(LOG_INFO))
        return;
    add_end(&line, service);
    text_add(&line, "%s", next);
    log_end(LOG_INFO, &line);
}

/* True if the command has ended by a signal that was passed on to it or that its terminal sent. As
 * without services, that is logged as information and not written to the termination log. */
static bool was_asked_for(const struct service *service, const char *next)
{
    return service->command == NULL && service->exec_code == 0 &&
           service->result == RESULT_STATUS && *next == '\0' && is_expected(service);
}

void messages_failure(const struct service *service, const char *next)
{
    struct text line;
    bool asked_for = was_asked_for(service, next);
    add_end(&line, service);
    text_add(&line, "%s%s", next,
             service->settings->essential && service->command != NULL ? STOPS_ALL : "");
    log_end(asked_for ? LOG_INFO : LOG_WARNING, &line);
    if (!asked_for)
        write_termination_log(service, &line);
}

void messages_restart(const struct service *service, enum log_level level, milliseconds delay)
{
    struct text line;
    if (!log_wants(level))
        return;
    add_end(&line, service);
    text_add(&line, "; starting it again in ");
    duration_append(&line, delay);
    if (service->failures > 1)
        text_add(&line, ", for the %d%s time in a row", service->failures,
                 ordinal(service->failures));
    log_end(level, &line);
}

void messages_background(const struct service *service)
{
    log_line(LOG_WARNING,
             "%s seems to have gone into the background: its main process has exited with 0, and "
             "others live on; start it with its option for the foreground, or let it name its new "
             "main process by MAINPID (ready = notify)",
             service->name);
}

/* "db has failed", "db ended before it was ready" */
static void add_dependency_failure(struct text *line, const struct service *on)
{
    const char *why = on->state == DONE ? " has ended and will not be ready" : " has failed";
    text_add(line, "%s%s", on->name,
             on->result == RESULT_PROTOCOL ? " ended before it was ready" : why);
}

void messages_dependency_failed(const struct service *service, const struct service *on)
{
    struct text line;
    log_begin(&line);
    text_add(&line, "%s cannot start: ", service->name);
    add_dependency_failure(&line, on);
    text_add(&line, "%s", service->settings->essential ? STOPS_ALL : "");
    log_end(LOG_WARNING, &line);
    write_termination_log(service, &line);
}
