/*
 * one_command.c - see one_command.h. The order matters: descriptors are closed and the directory is
 * left only after the start, because main inherits both.
 */
#include "one_command.h"

#include <stdlib.h>
#include <string.h>

#include "main_service.h"

int one_command_run(const struct options *options, const struct personality *name,
                    const struct signal_state *found)
{
    struct main_service service;
    main_prepare(&service, options, name);
    if (!main_start(&service, found))
        return service.exit_code;
    /* From here on nothing may end us but main's end. */
    main_settle();
    int status;
    if (!main_serve(&service, &status))
        return main_abandon(&service);
    int code = main_report(&service, status);
    main_say_rest();
    main_leave(&service);
    return code;
}

int one_command_pause(const struct options *options, const struct personality *name)
{
    struct main_service service;
    siginfo_t info;
    int signal;
    main_prepare(&service, options, name);
    if (service.self != INIT)
        catalogue_say(NOT_FIRST);
    main_settle();
    do {
        signal = signals_wait(&info, NEVER);
        if (signal == SIGCHLD)
            children_sigchld();
    } while (!signal_asks_to_stop(signal_map_apply(&options->map, signal)));
    catalogue_say(PAUSE_ENDED, .text = strsignal(signal));
    main_leave(&service);
    return EXIT_SUCCESS;
}
