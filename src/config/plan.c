/* plan.c - see plan.h. */
#include "config/plan.h"

#include <string.h>

bool plan_is_named(const struct service *service, const char *name, size_t length)
{
    const char *end = service->name + length;
    return strncmp(service->name, name, length) == 0 &&
           (*end == '\0' ||
            (service->is_replica && *end == '.' && end + 1 == service_instance(service)));
}

struct service *plan_find_next(const struct plan *plan, const struct service *behind,
                               const char *name, size_t length)
{
    size_t first = behind == NULL ? 0 : (size_t)(behind - plan->services) + 1;
    for (size_t i = first; i < plan->count; i++)
        if (plan_is_named(&plan->services[i], name, length))
            return &plan->services[i];
    return NULL;
}

struct service *plan_find(const struct plan *plan, const char *name, size_t length)
{
    return plan_find_next(plan, NULL, name, length);
}
