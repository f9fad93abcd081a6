/* plan_check.c - see plan_check.h. */
#include "config/plan_check.h"

#include <string.h>

#include "base/hash_table.h"
#include "config/diagnostics.h"

/* Why the condition of a dependency never holds, or NULL. */
static const char *never(const struct dependency *dependency)
{
    const struct settings *on = dependency->on->settings;
    switch (dependency->condition) {
    case CONDITION_READY:
    case CONDITION_HEALTHY:
        return on->type != TYPE_ONESHOT ? NULL
                                        : "a oneshot is ready only while it runs; use :completed";
    case CONDITION_COMPLETED:
    case CONDITION_ENDED:
        break;
    default:
        return NULL;
    }
    if (on->restart == RESTART_ALWAYS)
        return "restart = always starts it again whenever it ends";
    return on->essential ? "it is essential, so all services are stopped when it ends" : NULL;
}

static bool is_there(const struct shape *shape)
{
    return shape->enabled && shape->replicas != 0;
}

static void check_conditions(const struct plan *plan, const struct shape *shapes,
                             const struct service *service)
{
    const struct extras *extras = service_extras(service);
    for (size_t i = 0; i < extras->depends_count; i++) {
        const struct dependency *dependency = &extras->depends_on[i];
        const char *why = never(dependency);
        if (why != NULL && is_there(&shapes[dependency->on - plan->services]))
            diagnostics_note(&extras->depends_at, "[%s] may wait for '%s' in vain: %s",
                             service->name, dependency->on->name, why);
    }
}

static bool is_of_address(const void *listen, const void *address)
{
    struct text text;
    text_clear(&text);
    address_append(&text, &((const struct listen *)listen)->address);
    return strcmp(text.bytes, address) == 0;
}

/* The first of two sockets with one address is opened, and the second one is refused. */
static void check_addresses(const struct hash_table *table, const struct settings *settings)
{
    for (unsigned i = 0; i < settings->listen_count; i++) {
        const struct listen *listen = &settings->listen[i], *first;
        struct text text;
        text_clear(&text);
        address_append(&text, &listen->address);
        const void **slot = hash_table_slot(table, text.bytes, text.length, is_of_address);
        first = *slot;
        if (first == NULL)
            *slot = listen;
        else
            diagnostics_note(&(struct file_line){listen->file, listen->line},
                             "%s is there already, in %s:%u: it can be opened once", text.bytes,
                             first->file, first->line);
    }
}

/* Only services that are there: two that exclude each other may have one address. */
static void check_all_addresses(const struct plan *plan, const struct shape *shapes)
{
    struct hash_table table;
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        count += plan->services[i].settings->listen_count;
    if (count < 2)
        return;
    hash_table_open(&table, count);
    for (size_t i = 0; i < plan->count; i++)
        if (is_there(&shapes[i]))
            check_addresses(&table, plan->services[i].settings);
    hash_table_close(&table);
}

static void check_autostart(const struct names *names, const struct shape *shapes)
{
    const struct plan *plan = names->plan;
    const struct service *first = NULL;
    for (size_t i = plan->count; i-- > 0;) {
        if (!is_there(&shapes[i]))
            continue;
        first = &plan->services[i];
        if (first->settings->autostart)
            return;
    }
    if (first != NULL)
        diagnostics_note(&names_first(names, first)->lines.place,
                         "nothing is started: all services have autostart = no");
}

void plan_check(const struct names *names, const struct shape *shapes)
{
    const struct plan *plan = names->plan;
    for (size_t i = 0; i < plan->count; i++)
        if (is_there(&shapes[i]))
            check_conditions(plan, shapes, &plan->services[i]);
    check_all_addresses(plan, shapes);
    check_autostart(names, shapes);
}
