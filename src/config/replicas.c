/*
 * replicas.c - see replicas.h. Most configurations have one service for each section: then the
 * array of the sections is that of the services.
 */
#include "config/replicas.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "config/diagnostics.h"

/* The services that are made of the sections. */
struct replicas {
    const struct service *sections;
    size_t count; /* of sections */
    struct service *services;
    size_t *first; /* of each section: the number of its first service; count + 1 of them */
};

static size_t count_of(const struct shape *shape)
{
    size_t count = shape->replicas == REPLICAS_UNSET ? 1 : (size_t)shape->replicas;
    return shape->enabled ? count : 0;
}

size_t replicas_count(const struct plan *plan, const struct shape *shapes)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        count += count_of(&shapes[i]);
    return count;
}

/* The section that a name of the form NAME.NUMBER begins with, or NULL. */
static const struct service *section_of(const struct names *names, const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *digits = "0123456789";
    if (dot == NULL || dot[1] == '\0' || dot[1 + strspn(dot + 1, digits)] != '\0')
        return NULL;
    struct text section;
    text_clear(&section);
    text_add_bytes(&section, name, (size_t)(dot - name));
    return names_find(names, section.bytes);
}

void replicas_check_names(const struct names *names, const struct shape *shapes)
{
    const struct plan *plan = names->plan;
    for (size_t i = 0; i < plan->count; i++) {
        const struct service *service = &plan->services[i];
        const struct service *section = section_of(names, service->name);
        if (section != NULL && shapes[section - plan->services].replicas != REPLICAS_UNSET)
            diagnostics_error(&names_first(names, service)->lines.place,
                              "[%s] has the name of a replica of [%s]; use another", service->name,
                              section->name);
    }
}

static const char *name_of(const char *section, const struct shape *shape, size_t number)
{
    struct text name;
    text_clear(&name);
    text_add(&name, "%s", section);
    if (shape->replicas != REPLICAS_UNSET)
        text_add(&name, ".%jd", (intmax_t)number);
    return arena_copy(name.bytes, name.length);
}

/* The dependencies of a section, on services. */
static void depend(const struct replicas *replicas, struct extras *extras)
{
    const size_t *first = replicas->first;
    size_t count = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        size_t on = (size_t)(extras->depends_on[i].on - replicas->sections);
        count += first[on + 1] - first[on];
    }
    struct dependency *list = arena_alloc(count * sizeof *list + 1);
    count = 0;
    for (size_t i = 0; i < extras->depends_count; i++) {
        size_t on = (size_t)(extras->depends_on[i].on - replicas->sections);
        for (size_t number = first[on]; number < first[on + 1]; number++)
            list[count++] =
                (struct dependency){&replicas->services[number], extras->depends_on[i].condition};
    }
    extras->depends_on = list;
    extras->depends_count = count;
}

/* The replicas of a section share its list of dependencies, and nothing that changes. */
static void make_services(const struct replicas *replicas, size_t section,
                          const struct shape *shape)
{
    const struct service *of = &replicas->sections[section];
    struct service *service = &replicas->services[replicas->first[section]];
    size_t count = count_of(shape);
    struct extras extras = *service_extras(of);
    if (of->extras != NULL && count > 0)
        depend(replicas, &extras);
    for (size_t i = 0; i < count; i++, service++) {
        *service = *of;
        service->name = name_of(of->name, shape, i + 1);
        service->is_replica = shape->replicas != REPLICAS_UNSET;
        service->extras = NULL;
        if (of->extras != NULL)
            *service_give_extras(service) = extras;
    }
}

static bool is_plain(const struct plan *plan, const struct shape *shapes)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!shapes[i].enabled || shapes[i].replicas != REPLICAS_UNSET)
            return false;
    return true;
}

static void copy_names(const struct plan *plan)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        service->name = arena_copy(service->name, strlen(service->name));
}

static void replace_origins(struct plan *plan, const struct replicas *replicas)
{
    const size_t *first = replicas->first;
    if (plan->origins == NULL)
        return;
    const struct origin **origins =
        arena_alloc(first[replicas->count] * sizeof(struct origin *) + 1);
    for (size_t i = 0; i < replicas->count; i++)
        for (size_t number = first[i]; number < first[i + 1]; number++)
            origins[number] = plan->origins[i];
    plan->origins = origins;
}

void replicas_make(struct plan *plan, const struct shape *shapes)
{
    struct replicas replicas = {.sections = plan->services, .count = plan->count};
    size_t size = (plan->count + 1) * sizeof *replicas.first;
    if (is_plain(plan, shapes)) {
        copy_names(plan);
        return;
    }
    replicas.services = arena_alloc(replicas_count(plan, shapes) * sizeof(struct service) + 1);
    replicas.first = arena_map(size);
    for (size_t i = 0; i < replicas.count; i++)
        replicas.first[i + 1] = replicas.first[i] + count_of(&shapes[i]);
    for (size_t i = 0; i < replicas.count; i++)
        make_services(&replicas, i, &shapes[i]);
    replace_origins(plan, &replicas);
    if (plan->command != NULL)
        plan->command = replicas.services; /* it is the first section, and one service */
    plan->services = replicas.services;
    plan->count = replicas.first[replicas.count];
    arena_unmap(replicas.first, size);
}
