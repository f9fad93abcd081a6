/* service.c - see service.h. */
#include "config/service.h"

#include <string.h>

#include "base/arena.h"

const char *state_name(enum state state)
{
    static const char stopping[] = "stopping", starting[] = "starting";
    static const char *const names[STATES + 1] = {
        [STOPPED] = "stopped",
        [WAITING] = "waiting",
        [CLEARING] = "clearing",
        [FORKED] = starting,
        [STARTING] = starting,
        [RUNNING] = "running",
        [READY] = "ready",
        [RELOADING] = "reloading",
        [STOP_COMMAND] = stopping,
        [STOP_SIGNAL] = stopping,
        [STOP_KILL] = stopping,
        [STOP_CLEARING] = stopping,
        [BACKING_OFF] = "backing off",
        [DONE] = "done",
        [FAILED] = "failed",
    };
    return names[state];
}

const struct extras *service_extras(const struct service *service)
{
    static const struct extras none;
    return service->extras != NULL ? service->extras : &none;
}

struct extras *service_give_extras(struct service *service)
{
    if (service->extras == NULL)
        service->extras = arena_alloc(sizeof *service->extras);
    return service->extras;
}

const char *service_instance(const struct service *service)
{
    return service->is_replica ? strrchr(service->name, '.') + 1 : NULL;
}
