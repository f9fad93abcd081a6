/*
 * pause.c - the pause program, the first process of a Kubernetes pod.
 *
 * It runs no command: it holds the namespaces of the pod and reaps. It knows two options and passes
 * over all other words.
 */
#include <stdlib.h>

#include "base/log.h"
#include "option_setters.h"
#include "programs.h"

static const struct option_rule pause_rules[] = {
    {'v', NULL, NULL, option_set_version, NULL, NULL},
    {'V', NULL, NULL, option_set_version, NULL, NULL},
};

static const struct catalogue_line pause_lines[] = {
    {NOT_FIRST, LOG_WARNING, ERR, "Warning: pause should be the first process"},
    {PAUSE_ENDED, LOG_WARNING, ERR, "Shutting down, got signal: %t"},
};

/* The pause program handles INT, TERM and CHLD; any other ends it, unless it is PID 1. PIPE and
 * XFSZ are foster's own: a line that cannot be written causes them. */
#define UNHANDLED_SIGNALS                                                                          \
    (~(SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGPIPE) |      \
       SIGNAL_BIT(SIGXFSZ)))

const struct personality compat_pause = {
    .names = (const char *const[]){"pause", NULL},
    .grammar =
        {
            RULES(pause_rules),
            .pause_ignores_command = true,
            .ignores_unknown_options = true,
            .defaults = {.task = TASK_PAUSE, .verbosity = LOG_WARNING, .stop_timeout = NEVER},
        },
    .adoption = ADOPT_ALWAYS,
    .unblocked_signals = UNHANDLED_SIGNALS,
    .end_policy = END_AT_ONCE,
    .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, false},
    .version_fd = OUT,
    .version = "pause.c " FOSTER_VERSION "\n",
    LINES(pause_lines),
};
