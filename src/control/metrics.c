/*
 * metrics.c - see metrics.h.
 *
 * A family of metrics is declared, then all its samples follow. The sample of a counter has _total
 * behind the family's name; a unit is the end of the name; # EOF is the last line. A number that is
 * not known has no sample. The length of a run is shown, not its start: that would be a time of the
 * wall clock, which foster does not read.
 */
#include "control/metrics.h"

#include "control/property.h"

static const struct family {
    const char *name; /* what follows "foster_service" */
    const char *help;
    const char *unit; /* NULL: none */
    bool is_counter;
    int64_t (*property)(const struct service *service); /* NULL: services in each state */
} families[] = {
    {"_up", "Whether the service has a process.", NULL, false, property_up},
    {"_ready", "Whether the service is ready.", NULL, false, property_ready},
    {"_health", "Whether the health check succeeds.", NULL, false, property_healthy},
    {"_restarts", "How often the service was started again.", NULL, true, property_restarts},
    {"_uptime_seconds", "How long the present run has lasted.", "seconds", false, property_uptime},
    {"_memory_bytes", "Resident memory of the main process.", "bytes", false, property_memory},
    {"_last_exit_code", "Exit code of the last run; 128+N after signal N.", NULL, false,
     property_exit_code},
    {"s", "How many services are in this state.", NULL, false, NULL},
};

static void write_samples(struct writer *writer, const struct family *family,
                          const struct plan *plan)
{
    for (const struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        int64_t number = family->property(service);
        if (number != UNKNOWN)
            writer_add(writer, "foster_service%s%s{service=%q} %d\n", family->name,
                       family->is_counter ? "_total" : "", service->name, number);
    }
}

/* States of one name, which stand side by side, are counted as one. */
static void write_counts(struct writer *writer, const struct plan *plan)
{
    int64_t counts[STATES + 1] = {0};
    for (size_t i = 0; i < plan->count; i++)
        counts[plan->services[i].state]++;
    for (enum state state = 0; state < STATES; state++) {
        const char *name = state_name(state);
        if (name == state_name(state + 1))
            counts[state + 1] += counts[state];
        else
            writer_add(writer, "foster_services{state=%q} %d\n", name, counts[state]);
    }
}

bool metrics_write(struct writer *writer, const struct plan *plan, const char *names)
{
    (void)names;
    for (const struct family *family = families;
         family < families + sizeof families / sizeof *families; family++) {
        writer_add(writer, "# TYPE foster_service%s %s\n# HELP foster_service%s %s\n", family->name,
                   family->is_counter ? "counter" : "gauge", family->name, family->help);
        if (family->unit != NULL)
            writer_add(writer, "# UNIT foster_service%s %s\n", family->name, family->unit);
        if (family->property != NULL)
            write_samples(writer, family, plan);
        else
            write_counts(writer, plan);
    }
    writer_add(writer, "# EOF\n");
    return true;
}
