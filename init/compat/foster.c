/*
 * foster.c - foster under its own name.
 *
 * The letters of the options are those of the other programs, so that one habit serves all; what
 * foster adds has a long name only. The environment variables of the other programs count here too,
 * because an image that changes to foster may still set them.
 */
#include <string.h>

#include "base/log.h"
#include "config/config.h"
#include "control/server.h"
#include "option_setters.h"
#include "process/exit_report.h"
#include "process/stop_policy.h"
#include "process/wait_status.h"
#include "programs.h"

/* The help has to fit on one screen: an option without a usage is in the manual alone. */
static const struct option_rule foster_rules[] = {
    {0, "config", "the path of a file or a directory", option_set_config, "--config PATH",
     "run the services of a file (repeatable)"},
    {0, "check", NULL, option_set_check, "--check", "report configuration errors, run nothing"},
    {0, "control", "the path of a socket", option_set_control, "--control PATH",
     "socket of foster ctl (" CONTROL_DEFAULT ")"},
    {0, "restart", "no, always, on-failure or on-failure:N", option_set_restart, "--restart POLICY",
     "restart main: no, always, on-failure[:N]"},
    {'s', NULL, NULL, option_set_adopt, NULL, NULL},
    {'p', NULL, "a signal", option_set_parent_death_signal, "-p SIGNAL",
     "parent-death signal of foster and of main"},
    {'g', NULL, NULL, option_set_group, "-g", "signal main's process group, not main alone (-c)"},
    {'c', "single-child", NULL, option_set_single_child, NULL, NULL},
    {0, "setsid", NULL, option_set_session, "--setsid", "run main in a new session"},
    {'r', "rewrite", "FROM:TO, two signals, or FROM:0 to drop one", option_set_rewrite,
     "-r, --rewrite FROM:TO", "forward signal FROM as TO; 0: do not forward"},
    {'e', NULL, "an exit code from 0 to 255", option_set_success_code, "-e CODE",
     "exit with 0 if main exits with CODE"},
    {0, "stop-signal", "a signal", option_set_stop_signal, "--stop-signal SIGNAL",
     "forward SIGTERM as SIGNAL"},
    {0, "stop-timeout", "a duration such as 500ms, 5s or 2m", option_set_stop_timeout,
     "--stop-timeout TIME", "kill everything TIME after INT, QUIT or TERM"},
    {0, "grace", "a duration such as 500ms, 5s or 2m", option_set_grace, "--grace TIME",
     "time for processes left by main (5s; 0: none)"},
    {0, "termination-log", "the path of a file", option_set_termination_log,
     "--termination-log PATH", "file for a failure message (" TERMINATION_LOG ")"},
    {'w', NULL, NULL, option_set_log_orphans, "-w", "log each orphan that is reaped"},
    {'v', "verbose", NULL, option_set_more_verbose, "-v, --verbose",
     "log more; twice: log everything"},
    {'P', "pause", NULL, option_set_pause, "-P, --pause",
     "run nothing, only reap, until INT, QUIT or TERM"},
    {'l', NULL, NULL, option_set_license, NULL, NULL},
    {'L', "license", NULL, option_set_license, NULL, NULL},
    {'V', "version", NULL, option_set_version, "-V, --version", "print the version"},
    {'h', "help", NULL, option_set_help, "-h, --help", "print this help"},
};

/* DUMB_INIT_SETSID=1 asks for the default of dumb-init: a session, signalled as a group. Another
 * value changes nothing, as foster starts main without a session anyway. */
static bool set_session_if_one(struct options *options, const char *value)
{
    if (strcmp(value, "1") == 0)
        return option_set_session(options, value) && option_set_group(options, value);
    return true;
}

static const struct variable_rule foster_variables[] = {
    {"TINI_SUBREAPER", option_set_adopt},          {"TINI_VERBOSITY", option_set_verbosity},
    {"TINI_KILL_PROCESS_GROUP", option_set_group}, {"DUMB_INIT_DEBUG", option_set_debug_if_one},
    {"CATATONIT_DEBUG", option_set_debug},         {"DUMB_INIT_SETSID", set_session_if_one},
};

#define SEE_HELP "; foster --help lists the options"

static const struct catalogue_line foster_lines[] = {
    {UNKNOWN_LETTER, LOG_ERROR, ERR, "foster: unknown option -%o" SEE_HELP},
    {UNKNOWN_NAME, LOG_ERROR, ERR, "foster: unknown option %o" SEE_HELP},
    {AMBIGUOUS_NAME, LOG_ERROR, ERR, "foster: option %o is ambiguous" SEE_HELP},
    {LETTER_NEEDS_ARGUMENT, LOG_ERROR, ERR, "foster: option %v needs %t"},
    {NAME_NEEDS_ARGUMENT, LOG_ERROR, ERR, "foster: option %v needs %t"},
    {NAME_TAKES_NO_ARGUMENT, LOG_ERROR, ERR, "foster: option --%o takes no argument, but got '%v'"},
    {BAD_VALUE, LOG_ERROR, ERR, "foster: option %o needs %t, not '%v'"},
    {NO_COMMAND, LOG_ERROR, ERR,
     "foster: no command, and no " CONFIG_DEFAULT ": nothing to run" SEE_HELP},
    {COMMAND_TO_PAUSE, LOG_ERROR, ERR, "foster: -P runs no command, but got one: %v"},
    {CANNOT_ADOPT, LOG_WARNING, ERR, "foster: cannot become a subreaper, orphans go to PID 1: %t"},
    {SPAWNED, LOG_INFO, ERR, "foster: main is %c, pid %p"},
    {EXEC_FAILED, LOG_ERROR, ERR, "foster: cannot run %t"},
    {FORK_FAILED, LOG_ERROR, ERR, "foster: cannot run %c: %t"},
    {SENT, LOG_DEBUG, ERR, "foster: sent %t to main"},
    {NOT_SENT, LOG_DEBUG, ERR, "foster: could not send %t to main"},
    {REFUSED, LOG_WARNING, ERR, "foster: %t"},
    {ABANDONED, LOG_WARNING, ERR,
     "foster: main (%c, pid %p) cannot be killed: leaving without its exit code"},
    {KILLING, LOG_WARNING, ERR, "foster: killing main, which has not stopped within %t"},
    {ORPHAN_REAPED, LOG_WARNING, ERR, "foster: reaped orphan pid %p, which %t"},
    {MAIN_EXITED, LOG_INFO, ERR, "foster: main (%c, pid %p) %t"},
    {MAIN_KILLED, LOG_INFO, ERR, "foster: main (%c, pid %p) %t"},
    {MAIN_DIED, LOG_WARNING, ERR, "foster: main (%c, pid %p) %t"},
};

static const char foster_help[] =
    "usage: foster [options] [--] command [argument...]      run one command, main\n"
    "       foster [options] --config PATH [-- command...]   run services\n"
    "       foster ctl VERB [argument...]                    control services\n";
static const char foster_help_end[] =
    "Exit code: main's, or 128+N if signal N killed it; 127: not found, 126: not\n"
    "runnable, 125: foster failed, 2: wrong usage. The manual is foster(8).\n";

const struct personality compat_foster = {
    .names = (const char *const[]){"foster", NULL},
    .grammar =
        {
            RULES(foster_rules),
            VARIABLES(foster_variables),
            .supervises = true,
            .defaults = {.verbosity = LOG_WARNING,
                         .main_dies_with_us = true,
                         .stop_timeout = NEVER,
                         .grace = GRACE_DEFAULT,
                         .termination_log = TERMINATION_LOG},
        },
    .adoption = ADOPT_ALWAYS,
    .end_policy = END_IN_ORDER,
    .codes = {EXIT_USAGE, EXIT_FOSTER_FAILED, EXIT_NOT_FOUND, EXIT_NOT_RUNNABLE, EXIT_NOT_RUNNABLE,
              .explained = true},
    .help_fd = OUT,
    .help = foster_help,
    .help_end = foster_help_end,
    .version_fd = OUT,
    .version = "foster version " FOSTER_VERSION "\n",
    LINES(foster_lines),
};
