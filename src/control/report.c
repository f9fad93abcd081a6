/*
 * report.c - see report.h.
 *
 * The JSON is an object of this form; members may be added, none is renamed or changes its type:
 *
 *   {"stopping": false,            whether all services are being stopped, for good
 *    "services": [{                in the order of the file
 *      "name": "web",
 *      "state": "ready",           stopped, waiting, clearing, starting, running, ready, stopping,
 * backing off, done, failed "kind": "service",          or "oneshot" "essential": true, "pid": 12,
 * or null "since_seconds": 7,         in that state "restarts": 0,              since foster
 * started "failures": 0,              in a row "last_exit": {              or null, if it has not
 * ended yet "code": 3,                or null, if a signal killed it; 126 or 127 if it could not be
 * run "signal": "SIGTERM",      or null "text": "was killed by SIGTERM"}, "health": "healthy",
 * "unhealthy", "starting", or null without a health check "ready": true, "status": "serving", what
 * it says of itself by sd_notify, or null "memory_bytes": 1048576}]}  or null
 *
 * The columns of the table are as wide as their widest cell, so its cells are made twice: to be
 * measured, and to be written. One that has grown in between stands out by a character; to keep all
 * of them would take a second copy of the table.
 */
#include "control/report.h"

#include <string.h>
#include <sys/wait.h>

#include "control/facts.h"
#include "process/signals.h"
#include "supervise/notify_state.h"
#include "supervise/supervisor.h"

/* ---- of whom ---- */

static bool is_chosen(const char *names, const struct service *service)
{
    bool all = *names == '\0';
    while (*names != '\0' && strcmp(names, service->name) != 0)
        names += strlen(names) + 1;
    return all || *names != '\0';
}

/* The first that is chosen, from there on; NULL if there is none. */
static const struct service *next_chosen(const struct plan *plan, const char *names,
                                         const struct service *service)
{
    for (; service < plan->services + plan->count; service++)
        if (is_chosen(names, service))
            return service;
    return NULL;
}

#define FOR_EACH_CHOSEN(service, plan, names)                                                      \
    for (const struct service *(service) = next_chosen((plan), (names), (plan)->services);         \
         (service) != NULL; (service) = next_chosen((plan), (names), (service) + 1))

/* ---- the table ---- */

static void add_string(struct text *text, const char *string)
{
    text_add(text, "%s", string != NULL ? string : "");
}

static void add_number(struct text *text, int64_t number)
{
    if (number != UNKNOWN)
        text_add(text, "%jd", number);
}

static void add_name(struct text *text, const struct service *service)
{
    add_string(text, service->name);
}

static void add_state(struct text *text, const struct service *service)
{
    add_string(text, state_name(service->state));
}

static void add_pid(struct text *text, const struct service *service)
{
    add_number(text, fact_pid(service));
}

static void add_since(struct text *text, const struct service *service)
{
    duration_append(text, clock_now() - service->since);
}

static void add_restarts(struct text *text, const struct service *service)
{
    add_number(text, service->restarts);
}

static void add_health(struct text *text, const struct service *service)
{
    add_string(text, fact_health(service));
}

/* "12.3 MiB" */
static void add_memory(struct text *text, const struct service *service)
{
    enum { TENTHS = 10, MEBI = 1024 * 1024 };
    int64_t bytes = fact_memory(service), tenths = bytes * TENTHS / MEBI;
    if (bytes == UNKNOWN)
        return;
    add_number(text, tenths / TENTHS);
    add_string(text, ".");
    add_number(text, tenths % TENTHS);
    add_string(text, " MiB");
}

static const char *wait_status_kinship(const struct service *service)
{
    const struct notify_state *notify = service_extras(service)->notify;
    return notify != NULL && notify->status[0] != '\0' ? notify->status : NULL;
}

static void add_status(struct text *text, const struct service *service)
{
    add_string(text, wait_status_kinship(service));
}

static const struct column {
    const char *title;
    void (*add)(struct text *text, const struct service *service); /* nothing becomes "-" */
} columns[] = {
    {"NAME", add_name},     {"STATE", add_state},       {"PID", add_pid},
    {"SINCE", add_since},   {"RESTARTS", add_restarts}, {"LAST EXIT", text_add_last_exit},
    {"HEALTH", add_health}, {"MEMORY", add_memory},     {"STATUS", add_status},
};
enum {
    COLUMNS = sizeof columns / sizeof columns[0],
    COLUMNS_WITHOUT_STATUS = COLUMNS - 1,
    GAP = 2
};

struct table {
    struct writer *writer; /* NULL: the cells are only measured */
    size_t count;          /* of columns */
    size_t widths[COLUMNS];
};

/* The service's row, or without one the titles. */
static void write_row(struct table *table, const struct service *service)
{
    for (size_t i = 0; i < table->count; i++) {
        struct text cell;
        text_clear(&cell);
        if (service == NULL)
            text_add(&cell, "%s", columns[i].title);
        else
            columns[i].add(&cell, service);
        if (cell.length == 0)
            text_add(&cell, "-");
        if (cell.length > table->widths[i])
            table->widths[i] = cell.length;
        if (table->writer == NULL)
            continue;
        while (cell.length < table->widths[i] + GAP && i + 1 < table->count)
            text_add(&cell, " ");
        writer_add(table->writer, "%s%s", cell.bytes, i + 1 < table->count ? "" : "\n");
    }
}

static void write_rows(struct table *table, const struct plan *plan, const char *names)
{
    write_row(table, NULL);
    FOR_EACH_CHOSEN(service, plan, names)
    write_row(table, service);
}

void report_table(struct writer *writer, const struct plan *plan, const char *names)
{
    struct table table = {.count = COLUMNS_WITHOUT_STATUS};
    FOR_EACH_CHOSEN(service, plan, names)
    if (wait_status_kinship(service) != NULL)
        table.count = COLUMNS;
    write_rows(&table, plan, names);
    table.writer = writer;
    write_rows(&table, plan, names);
}

/* ---- JSON ---- */

static const char *truth(int64_t true_or_not)
{
    return true_or_not != 0 ? "true" : "false";
}

static void write_last_exit(struct writer *writer, const struct service *service)
{
    struct text signal, words;
    int64_t code = fact_exit_code(service);
    bool killed = service->exec_code == 0 && WIFSIGNALED(service->last_status);
    text_clear(&signal);
    text_clear(&words);
    text_add_signal(&signal, WTERMSIG(service->last_status));
    text_add_last_exit(&words, service);
    writer_add(writer, code == UNKNOWN ? "null" : "{\"code\":%d,\"signal\":%q,\"text\":%q}",
               killed ? (int64_t)UNKNOWN : code, killed ? signal.bytes : NULL, words.bytes);
}

static void write_object(struct writer *writer, const struct service *service)
{
    const struct settings *settings = service->settings;
    writer_add(
        writer,
        "{\"name\":%q,\"state\":%q,\"kind\":%q,\"essential\":%s,\"pid\":%d,\"since_seconds\":%d,"
        "\"restarts\":%d,\"failures\":%d,\"last_exit\":",
        service->name, state_name(service->state),
        settings->type == TYPE_ONESHOT ? "oneshot" : "service", truth(settings->essential),
        fact_pid(service), (clock_now() - service->since) / MS_PER_SECOND, fact_restarts(service),
        (int64_t)service->failures);
    write_last_exit(writer, service);
    writer_add(writer, ",\"health\":%q,\"ready\":%s,\"status\":%q,\"memory_bytes\":%d}",
               fact_health(service), truth(fact_ready(service)), wait_status_kinship(service),
               fact_memory(service));
}

void report_json(struct writer *writer, const struct plan *plan, const char *names)
{
    const char *between = "\n";
    writer_add(writer, "{\"stopping\":%s,\"services\":[", truth(supervisor_is_shutting_down()));
    FOR_EACH_CHOSEN(service, plan, names)
    {
        writer_add(writer, between);
        write_object(writer, service);
        between = ",\n";
    }
    writer_add(writer, "\n]}\n");
}

/* ---- health ---- */

/* True if it should be up and is not: a oneshot is there to be done, and what waits to be started
 * by hand may wait. */
static bool is_missing(const struct service *service)
{
    const struct settings *settings = service->settings;
    bool at_rest = settings->type == TYPE_ONESHOT
                       ? service->state == DONE
                       : service->state == STOPPED && !settings->autostart;
    return (settings->essential || settings->healthcheck != NULL) && !fact_ready(service) &&
           !at_rest;
}

bool report_health(struct writer *writer, const struct plan *plan)
{
    bool healthy = !supervisor_is_shutting_down();
    writer_add(writer, healthy ? "" : "foster: shutting down\n");
    FOR_EACH_CHOSEN(service, plan, "")
    {
        bool unhealthy = fact_unhealthy(service);
        if (service->state != FAILED && !is_missing(service) && !unhealthy)
            continue;
        writer_add_condition(writer, service);
        writer_add(writer, unhealthy ? ", unhealthy\n" : "\n");
        healthy = false;
    }
    writer_add(writer, healthy ? "healthy\n" : "");
    return healthy;
}
