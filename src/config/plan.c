/* plan.c - see plan.h. */
#include "config/plan.h"

#include <string.h>

struct service *plan_find(const struct plan *plan, const char *name, size_t length)
{
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++)
        if (strncmp(service->name, name, length) == 0 && service->name[length] == '\0')
            return service;
    return NULL;
}
