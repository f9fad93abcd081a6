/*
 * single.c - see single.h. The order matters: descriptors are closed and the directory is left only after the start,
 * because main inherits both.
 */
#include "single.h"

#include <stdlib.h>
#include <string.h>

#include "service.h"

int single_run(const struct options *options, const struct name *name, const struct signal_state *found)
{
    struct service service;
    service_prepare(&service, options, name);
    if (!service_start(&service, found))
        return service.exit_code;
    /* From here on nothing may end us but main's end. */
    service_settle();
    int status = service_serve(&service);
    int code = service_report(&service, status);
    service_say_rest();
    service_leave(&service);
    return code;
}

int single_pause(const struct options *options, const struct name *name)
{
    struct service service;
    siginfo_t info;
    int signal;
    service_prepare(&service, options, name);
    if (service.self != INIT)
        tell(NOT_FIRST);
    service_settle();
    do {
        signal = signal_map_apply(&options->map, signals_wait(&info, NEVER));
        if (signal == SIGCHLD)
            children_sigchld();
    } while (!signal_asks_to_stop(signal));
    tell(PAUSE_ENDED, .text = strsignal(signal));
    service_leave(&service);
    return EXIT_SUCCESS;
}
