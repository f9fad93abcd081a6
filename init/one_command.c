/*
 * one_command.c - see one_command.h. The order matters: descriptors are closed and the working
 * directory is left after the start, because main inherits both.
 */
#include "one_command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main_service.h"
#include "process/descriptors.h"

/* Lets go of what main has inherited and foster does not need. */
static void drop_inherited(void)
{
    descriptors_close_from(STDERR_FILENO + 1);
    main_leave_directory();
}

int one_command_run(const struct options *options, const struct personality *personality,
                    const struct signal_state *found)
{
    struct main_service service;
    main_prepare(&service, options, personality);
    if (!main_start(&service, found))
        return service.exit_code;
    drop_inherited();
    int status;
    if (!main_serve(&service, &status))
        return main_abandon(&service);
    int code = main_report(&service, status);
    main_say_children_left();
    main_leave(&service);
    return code;
}

int one_command_pause(const struct options *options, const struct personality *personality)
{
    struct main_service service;
    siginfo_t info;
    int signal;
    main_prepare(&service, options, personality);
    if (service.self != INIT)
        catalogue_say(NOT_FIRST);
    drop_inherited();
    do {
        signal = signals_wait(&info, NEVER);
        if (signal == SIGCHLD)
            children_sigchld();
        /* foster itself is the target of the signal, so the signal that it is mapped to decides. */
    } while (!signal_asks_to_stop(signal_map_apply(&options->map, signal)));
    catalogue_say(PAUSE_ENDED, .text = strsignal(signal));
    main_leave(&service);
    return EXIT_SUCCESS;
}
