/*
 * main.c - foster: first block the signals, then read what is wanted, then do it.
 */
#include "options.h"
#include "process/signals.h"
#include "process/status.h"
#include "single.h"
#include "texts.h"

int main(int argc, char **argv)
{
    (void)argc;
    struct options options;
    signals_block();
    options_read(&options, argv);
    switch (options.task) {
    case TASK_RUN:
        return single_run(&options);
    case TASK_PAUSE:
        return single_pause(&options);
    case TASK_HELP:
        return print_help();
    case TASK_VERSION:
        return print_version();
    case TASK_LICENSE:
        return print_license();
    case TASK_REFUSE:
        break;
    }
    return EXIT_USAGE;
}
