/*
 * main.c - foster: first block the signals, then see who we are, read what is wanted, and do it.
 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "catalogue.h"
#include "control/client.h"
#include "help.h"
#include "one_command.h"
#include "options.h"
#include "personality.h"
#include "process/signals.h"
#include "process/wait_status.h"
#include "supervise_mode.h"

int main(int argc, char **argv)
{
    struct signal_state inherited;
    int blocked = signals_block(&inherited);
    const char *called = argc > 0 ? argv[0] : "foster";
    const struct personality *name = personality_called(called);
    struct options options;
    if (name->lets_through != 0)
        signals_let_through(name->lets_through);
    /* gettid() is cached by musl; in the main thread it equals the pid. */
    catalogue_use(name->lines, name->line_count, called, gettid());
    if (blocked != 0) {
        say(LOG_ERROR, "cannot block signals: %s", strerror(blocked));
        return EXIT_FOSTER_FAILED;
    }
    if (name->grammar.supervises && argc > 1 && strcmp(argv[1], "ctl") == 0)
        return client_run(argv + 2);
    options_read(&options, &name->grammar, argv);
    switch (options.task) {
    case TASK_RUN:
        return one_command_run(&options, name, &inherited);
    case TASK_SUPERVISE:
    case TASK_CHECK:
        return supervise_mode_run(&options, name);
    case TASK_PAUSE:
        return one_command_pause(&options, name);
    case TASK_HELP:
        return print_help(name);
    case TASK_VERSION:
        return print_version(name);
    case TASK_LICENSE:
        return print_license();
    case TASK_REFUSE:
        break;
    }
    return name->codes.usage;
}
