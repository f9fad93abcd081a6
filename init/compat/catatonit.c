/*
 * catatonit.c - catatonit, and podman-init, the name under which podman starts it.
 *
 * Its version line begins as that of tini, because engines look for that.
 */
#include <stdlib.h>

#include "base/log.h"
#include "option_setters.h"
#include "programs.h"

/* In pause mode SIGQUIT does not end it. */
static bool set_pause_without_quit(struct options *options, const char *value)
{
    options->map.to[SIGQUIT] = SIGNAL_DROPPED;
    return option_set_pause(options, value);
}

/* CATATONIT_LOG is reserved: that it is set is an error. */
static bool refuse_variable(struct options *options, const char *value)
{
    (void)options, (void)value;
    return false;
}

static const struct option_rule catatonit_rules[] = {
    {'g', NULL, NULL, option_set_group, NULL, NULL},
    {'h', NULL, NULL, option_set_help, NULL, NULL},
    {'L', NULL, NULL, option_set_license, NULL, NULL},
    {'P', NULL, NULL, set_pause_without_quit, NULL, NULL},
    {'V', "version", NULL, option_set_version, NULL, NULL},
};

static const struct variable_rule catatonit_variables[] = {
    {"CATATONIT_LOG", refuse_variable},
    {"CATATONIT_DEBUG", option_set_debug},
};

#define CATATONIT_USAGE "usage: catatonit [-ghLPV] [--] <progname> [<arguments>...]\n"

static const char catatonit_help[] =
    CATATONIT_USAGE "\n"
                    "options:\n"
                    "  -g              Forward signals to pid1's process group.\n"
                    "  -h              Print this help page.\n"
                    "  -L              Print license information.\n"
                    "  -P              Run in pause mode (no program is run and quit on SIGINT).\n"
                    "  -V, --version   Print version information.\n"
                    "\n"
                    "The source code can be found at <https://github.com/openSUSE/catatonit/>.\n"
                    "For bug reporting instructions, please see: <https://bugs.opensuse.org/>.\n";

static const struct catalogue_line catatonit_lines[] = {
    {UNKNOWN_LETTER, LOG_ERROR, ERR, "%a: invalid option -- '%o'"},
    {UNKNOWN_NAME, LOG_ERROR, ERR, "%a: unrecognized option '%o'"},
    {NAME_TAKES_NO_ARGUMENT, LOG_ERROR, ERR, "%a: option '--%o' doesn't allow an argument"},
    {BAD_VARIABLE, LOG_ERROR, ERR, "ERROR (catatonit:%i): %o is reserved for future use"},
    {NO_COMMAND, LOG_ERROR, ERR, "ERROR (catatonit:%i): missing program name"},
    {CANNOT_ADOPT, LOG_ERROR, ERR,
     "WARN (catatonit:%i): failed to set child subreaper attribute: %t"},
    {SPAWNED, LOG_DEBUG, ERR, "DEBUG (catatonit:%i): pid1 (%p) spawned: %c"},
    {EXEC_FAILED, LOG_ERROR, ERR, "ERROR (catatonit:%p): failed to exec pid1: %t"},
    {FORK_FAILED, LOG_ERROR, ERR, "ERROR (catatonit:%i): failed to fork: %t"},
    {NOT_SENT, LOG_ERROR, ERR, "WARN (catatonit:%i): forwarding of signal %n to pid1 failed"},
    {ORPHAN_EXITED, LOG_DEBUG, ERR, "DEBUG (catatonit:%i): child process %p exited with code %n"},
    {ORPHAN_KILLED, LOG_DEBUG, ERR,
     "DEBUG (catatonit:%i): child process %p exited due to signal %n"},
    {DROPPED, LOG_DEBUG, ERR,
     "DEBUG (catatonit:%i): ignoring kernel attempting to stop us: tty has TOSTOP set"},
    {NONE_LEFT, LOG_DEBUG, ERR, "DEBUG (catatonit:%i): got ECHILD: no children left to monitor"},
};

const struct personality compat_catatonit = {
    .names = (const char *const[]){"catatonit", "podman-init", NULL},
    .grammar =
        {
            RULES(catatonit_rules),
            VARIABLES(catatonit_variables),
            .pause_ignores_command = true,
            .usage = CATATONIT_USAGE,
            .defaults = {.verbosity = LOG_ERROR,
                         .stop_timeout = NEVER,
                         .map.to = {DROP_BACKGROUND_SIGNALS, [SIGTSTP] = SIGNAL_DROPPED}},
        },
    .adoption = ADOPT_ALWAYS,
    .hands_signals_on = true,
    .unblocked_signals = CRASH_SIGNALS,
    .end_policy = END_AT_ONCE,
    .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, false},
    .help_fd = ERR,
    .help = catatonit_help,
    .version_fd = OUT,
    .version = "tini version 0.1.7_catatonit\n",
    LINES(catatonit_lines),
};
