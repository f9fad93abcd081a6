/*
 * main.c - block the signals, pick the personality, read the options, run the task.
 *
 * The signals come first: one that arrives before they are blocked would end foster, or as PID 1 be
 * lost, instead of waiting for main.
 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "catalogue.h"
#include "compat/compat.h"
#include "control/client.h"
#include "help.h"
#include "one_command.h"
#include "options.h"
#include "process/signals.h"
#include "process/wait_status.h"
#include "supervise_mode.h"

int main(int argc, char **argv)
{
    struct signal_state inherited;
    int blocked = signals_block(&inherited);
    const char *called = argc > 0 ? argv[0] : "foster";
    const struct personality *personality = compat_personality(called);
    struct options options;
    if (personality->unblocked_signals != 0)
        signals_let_through(personality->unblocked_signals);
    /* The pid, without a system call: musl keeps the result of gettid(), which in the main thread
     * is the pid. */
    catalogue_use(personality->lines, personality->line_count, called, gettid());
    if (blocked != 0) {
        log_line(LOG_ERROR, "cannot block signals: %s", strerror(blocked));
        return EXIT_FOSTER_FAILED;
    }
    if (personality->grammar.supervises && argc > 1 && strcmp(argv[1], "ctl") == 0)
        return client_run(argv + 2);
    options_read(&options, &personality->grammar, argv);
    switch (options.task) {
    case TASK_RUN:
        return one_command_run(&options, personality, &inherited);
    case TASK_SUPERVISE:
    case TASK_CHECK:
        return supervise_mode_run(&options, personality);
    case TASK_PAUSE:
        return one_command_pause(&options, personality);
    case TASK_HELP:
        return help_print(personality);
    case TASK_VERSION:
        return help_print_version(personality);
    case TASK_LICENSE:
        return help_print_license();
    case TASK_REFUSE:
        break;
    }
    return personality->codes.usage;
}
