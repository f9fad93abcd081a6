/*
 * report.c - see report.h.
 *
 * The JSON is an object of this form. Members may be added; none is renamed or changes its type:
 *
 *   {"stopping": false,             true: foster is shutting down
 *    "services": [{                 in the order of the file
 *      "name": "web",
 *      "state": "ready",            as state_name() has it
 *      "kind": "service",           or "oneshot"
 *      "essential": true,
 *      "pid": 12,                   or null
 *      "since_seconds": 7,          in this state
 *      "restarts": 0,               since foster started
 *      "failures": 0,               in a row
 *      "last_exit": {               or null before the end of the first run
 *        "code": 3,                 or null after a signal; 126 or 127 if it could not be run
 *        "signal": "SIGTERM",       or null
 *        "text": "was killed by SIGTERM"},
 *      "health": "healthy",         "unhealthy", "starting", or null without a health check
 *      "ready": true,
 *      "status": "serving",         sent by sd_notify, or null
 *      "memory_bytes": 1048576}]}   or null
 *
 * The columns of the table are as wide as their widest cell, so its cells are made twice: to be
 * measured, and to be written. A cell that has grown in between sticks out by a character. To keep
 * all cells would take a second copy of the table.
 */
#include "control/report.h"

#include <string.h>
#include <sys/wait.h>

#include "control/property.h"
#include "process/signals.h"
#include "supervise/supervisor.h"

/* ---- the chosen services ---- */

static bool is_chosen(const char *names, const struct service *service)
{
    bool all = *names == '\0';
    while (*names != '\0' && !plan_is_named(service, names, strlen(names)))
        names += strlen(names) + 1;
    return all || *names != '\0';
}

/* The first chosen service from this one on; NULL if there is none. */
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

/* True without names, or if each service of these is up: it runs, and is ready if it says so; or it
 * is a oneshot that is done. */
static bool are_up(const struct plan *plan, const char *names)
{
    if (*names == '\0')
        return true;
    FOR_EACH_CHOSEN(service, plan, names)
    if (!property_ready(service) &&
        (service->settings->type != TYPE_ONESHOT || service->state != DONE))
        return false;
    return true;
}

/* ---- the table ---- */

static void cell_string(struct text *text, const char *string)
{
    text_add(text, "%s", string != NULL ? string : "");
}

static void cell_number(struct text *text, int64_t number)
{
    if (number != UNKNOWN)
        text_add(text, "%jd", number);
}

static void cell_name(struct text *text, const struct service *service)
{
    cell_string(text, service->name);
}

static void cell_state(struct text *text, const struct service *service)
{
    cell_string(text, state_name(service->state));
}

static void cell_pid(struct text *text, const struct service *service)
{
    cell_number(text, property_pid(service));
}

static void cell_since(struct text *text, const struct service *service)
{
    duration_append(text, clock_now() - service->since);
}

static void cell_restarts(struct text *text, const struct service *service)
{
    cell_number(text, service->restarts);
}

static void cell_health(struct text *text, const struct service *service)
{
    cell_string(text, property_health(service));
}

/* "12.3 MiB" */
static void cell_memory(struct text *text, const struct service *service)
{
    enum { TENTHS = 10, MEBI = 1024 * 1024 };
    int64_t bytes = property_memory(service), tenths = bytes * TENTHS / MEBI;
    if (bytes == UNKNOWN)
        return;
    cell_number(text, tenths / TENTHS);
    cell_string(text, ".");
    cell_number(text, tenths % TENTHS);
    cell_string(text, " MiB");
}

static void cell_status(struct text *text, const struct service *service)
{
    cell_string(text, property_status(service));
}

static const struct column {
    const char *title;
    void (*add)(struct text *text,
                const struct service *service); /* an empty cell is shown as "-" */
} columns[] = {
    {"NAME", cell_name},     {"STATE", cell_state},       {"PID", cell_pid},
    {"SINCE", cell_since},   {"RESTARTS", cell_restarts}, {"LAST EXIT", property_append_last_exit},
    {"HEALTH", cell_health}, {"MEMORY", cell_memory},     {"STATUS", cell_status},
};
enum {
    COLUMNS = sizeof columns / sizeof columns[0],
    COLUMNS_WITHOUT_STATUS = COLUMNS - 1,
    GAP = 2
};

struct table {
    struct writer *writer; /* NULL: only measure the cells */
    size_t count;          /* of columns */
    size_t widths[COLUMNS];
};

/* Writes the row of a service; without one, the row of the titles. */
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

bool report_table(struct writer *writer, const struct plan *plan, const char *names)
{
    struct table table = {.count = COLUMNS_WITHOUT_STATUS};
    FOR_EACH_CHOSEN(service, plan, names)
    if (property_status(service) != NULL)
        table.count = COLUMNS;
    write_rows(&table, plan, names);
    table.writer = writer;
    write_rows(&table, plan, names);
    return are_up(plan, names);
}

/* ---- JSON ---- */

static const char *boolean(int64_t value)
{
    return value != 0 ? "true" : "false";
}

static void write_last_exit(struct writer *writer, const struct service *service)
{
    struct text signal, words;
    int64_t code = property_exit_code(service);
    bool killed = service->exec_code == 0 && WIFSIGNALED(service->last_status);
    text_clear(&signal);
    text_clear(&words);
    signal_append(&signal, WTERMSIG(service->last_status));
    property_append_last_exit(&words, service);
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
        settings->type == TYPE_ONESHOT ? "oneshot" : "service", boolean(settings->essential),
        property_pid(service), (clock_now() - service->since) / MS_PER_SECOND,
        property_restarts(service), (int64_t)service->failures);
    write_last_exit(writer, service);
    writer_add(writer, ",\"health\":%q,\"ready\":%s,\"status\":%q,\"memory_bytes\":%d}",
               property_health(service), boolean(property_ready(service)), property_status(service),
               property_memory(service));
}

bool report_json(struct writer *writer, const struct plan *plan, const char *names)
{
    const char *between = "\n";
    writer_add(writer, "{\"stopping\":%s,\"services\":[", boolean(supervisor_is_shutting_down()));
    FOR_EACH_CHOSEN(service, plan, names)
    {
        writer_add(writer, between);
        write_object(writer, service);
        between = ",\n";
    }
    writer_add(writer, "\n]}\n");
    return are_up(plan, names);
}

/* ---- health ---- */

/* True for an essential service, and one with a health check, that is not ready and should be. A
 * oneshot that is done, and a service that is started only by hand, need not be ready. */
static bool is_missing(const struct service *service)
{
    const struct settings *settings = service->settings;
    bool at_rest = settings->type == TYPE_ONESHOT
                       ? service->state == DONE
                       : service->state == STOPPED && !settings->autostart;
    return (settings->essential || settings->healthcheck != NULL) && !property_ready(service) &&
           !at_rest;
}

/* True for a state that it has announced: it is shown, and is no reason to be unhealthy. */
static bool is_passing(const struct service *service)
{
    return service->state == RELOADING ||
           (service->state == STOP_SIGNAL && service->afterwards == GO_BY_STATUS);
}

bool report_health(struct writer *writer, const struct plan *plan, const char *names)
{
    bool healthy = !supervisor_is_shutting_down();
    writer_add(writer, healthy ? "" : "foster: shutting down\n");
    FOR_EACH_CHOSEN(service, plan, names)
    {
        bool unhealthy = property_unhealthy(service);
        bool is_ill = service->state == FAILED || is_missing(service) || unhealthy;
        if (!is_ill && !is_passing(service))
            continue;
        property_write_state(writer, service);
        writer_add(writer, unhealthy ? ", unhealthy\n" : "\n");
        healthy = healthy && !is_ill;
    }
    writer_add(writer, healthy ? "healthy\n" : "");
    return healthy;
}
