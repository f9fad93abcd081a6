/*
 * tini.c - tini, and docker-init, the name under which container engines start it.
 *
 * An engine parses the version line ("tini version ...") and shows what follows "git.".
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "option_setters.h"
#include "process/wait_status.h"
#include "programs.h"

/* Reads the code as strtol(3) does: after blanks and a plus sign; an empty string is 0. */
static bool set_success_code_by_strtol(struct options *options, const char *code)
{
    const char *digits = compat_skip_to_digits(code);
    return option_set_success_code(options, *digits == '\0' && digits == code ? "0" : digits);
}

/* Takes the full name of a standard signal, in capitals, and no number. */
static bool set_parent_death_signal_by_full_name(struct options *options, const char *signal)
{
    bool in_full = strncmp(signal, "SIG", strlen("SIG")) == 0 &&
                   strcspn(signal, "abcdefghijklmnopqrstuvwxyz") == strlen(signal);
    return in_full && option_set_parent_death_signal(options, signal) &&
           options->parent_death_signal < SIGNAL_RT_FIRST;
}

static const struct option_rule tini_rules[] = {
    {'h', NULL, NULL, option_set_help, NULL, NULL},
    {'s', NULL, NULL, option_set_adopt, NULL, NULL},
    {'p', NULL, "", set_parent_death_signal_by_full_name, NULL, NULL},
    {'v', NULL, NULL, option_set_more_verbose, NULL, NULL},
    {'w', NULL, NULL, option_set_log_orphans, NULL, NULL},
    {'g', NULL, NULL, option_set_group, NULL, NULL},
    {'e', NULL, "", set_success_code_by_strtol, NULL, NULL},
    {'l', NULL, NULL, option_set_license, NULL, NULL},
    {0, "version", NULL, option_set_version, NULL, NULL},
};

static const struct variable_rule tini_variables[] = {
    {"TINI_SUBREAPER", option_set_adopt},
    {"TINI_VERBOSITY", option_set_verbosity},
    {"TINI_KILL_PROCESS_GROUP", option_set_group},
};

/* The version that has this interface. */
#define TINI_VERSION "tini version 0.19.0"

static const char tini_help[] =
    "%b (" TINI_VERSION ")\n"
    "Usage: %b [OPTIONS] PROGRAM -- [ARGS] | --version\n"
    "\n"
    "Execute a program under the supervision of a valid init process (%b)\n"
    "\n"
    "Command line options:\n"
    "\n"
    "  --version: Show version and exit.\n"
    "  -h: Show this help message and exit.\n"
    "  -s: Register as a process subreaper (requires Linux >= 3.4).\n"
    "  -p SIGNAL: Trigger SIGNAL when parent dies, e.g. \"-p SIGKILL\".\n"
    "  -v: Generate more verbose output. Repeat up to 3 times.\n"
    "  -w: Print a warning when processes are getting reaped.\n"
    "  -g: Send signals to the child's process group.\n"
    "  -e EXIT_CODE: Remap EXIT_CODE (from 0 to 255) to 0.\n"
    "  -l: Show license and exit.\n"
    "\n"
    "Environment variables:\n"
    "\n"
    "  TINI_SUBREAPER: Register as a process subreaper (requires Linux >= 3.4).\n"
    "  TINI_VERBOSITY: Set the verbosity level (default: 1).\n"
    "  TINI_KILL_PROCESS_GROUP: Send signals to the child's process group.\n"
    "\n";

#define FATAL "[FATAL tini (%i)] "
#define WARN  "[WARN  tini (%i)] "
#define INFO  "[INFO  tini (%i)] "
#define DEBUG "[DEBUG tini (%i)] "
#define TRACE "[TRACE tini (%i)] "

static const struct catalogue_line tini_lines[] = {
    {UNKNOWN_LETTER, LOG_ERROR, ERR, "%a: invalid option -- '%o'"},
    {UNKNOWN_NAME, LOG_ERROR, ERR, "%a: invalid option -- '-'"},
    {LETTER_NEEDS_ARGUMENT, LOG_ERROR, ERR, "%a: option requires an argument -- '%o'"},
    {NAME_TAKES_NO_ARGUMENT, LOG_ERROR, ERR, "%a: invalid option -- '-'"},
    {BAD_VALUE, LOG_ERROR, ERR, FATAL "Not a valid option for %o: %v"},
    {ADOPTING, LOG_TRACE, OUT, TRACE "Registered as child subreaper"},
    {NOT_ADOPTING, LOG_WARNING, ERR,
     WARN "Tini is not running as PID 1 and isn't registered as a child subreaper.\n"
          "Zombie processes will not be re-parented to Tini, so zombie reaping won't work.\n"
          "To fix the problem, use the -s option or set the environment variable TINI_SUBREAPER to "
          "register Tini as a child subreaper, or run Tini as PID 1."},
    {CANNOT_ADOPT, LOG_WARNING, ERR, WARN "Failed to register as child subreaper: %t"},
    {SPAWNED, LOG_INFO, OUT, INFO "Spawned child process '%c' with pid '%p'"},
    {EXEC_FAILED, LOG_ERROR, ERR, "[FATAL tini (%p)] exec %c failed: %t"},
    {FORK_FAILED, LOG_ERROR, ERR, FATAL "fork failed: %t"},
    {SIGNAL_CAME, LOG_DEBUG, OUT, DEBUG "Passing signal: '%t'"},
    {SIGCHLD_CAME, LOG_DEBUG, OUT, DEBUG "Received SIGCHLD"},
    {NOT_SENT, LOG_WARNING, ERR, WARN "Child was dead when forwarding signal"},
    {ORPHAN_EXITED, LOG_DEBUG, OUT, DEBUG "Reaped child with pid: '%p'"},
    {ORPHAN_KILLED, LOG_DEBUG, OUT, DEBUG "Reaped child with pid: '%p'"},
    {ORPHAN_REAPED, LOG_WARNING, ERR, WARN "Reaped zombie process with pid=%p"},
    {REAPED_EXITED, LOG_DEBUG, OUT, DEBUG "Reaped child with pid: '%p'"},
    {REAPED_KILLED, LOG_DEBUG, OUT, DEBUG "Reaped child with pid: '%p'"},
    {MAIN_EXITED, LOG_INFO, OUT, INFO "Main child exited normally (with status '%n')"},
    {MAIN_KILLED, LOG_INFO, OUT, INFO "Main child exited with signal (with signal '%v')"},
    {MAIN_DIED, LOG_INFO, OUT, INFO "Main child exited with signal (with signal '%v')"},
    {NONE_DEAD, LOG_TRACE, OUT, TRACE "No child to reap"},
    {NONE_LEFT, LOG_TRACE, OUT, TRACE "No child to wait"},
    {LEAVING, LOG_TRACE, OUT, TRACE "Exiting: child has exited"},
};

const struct personality compat_tini = {
    .names = (const char *const[]){"tini", "tini-static", "docker-init", NULL},
    .grammar =
        {
            RULES(tini_rules),
            VARIABLES(tini_variables),
            .variables_win = true,
            .usage = tini_help,
            .defaults = {.verbosity = LOG_WARNING,
                         .stop_timeout = NEVER,
                         .map.to = {DROP_BACKGROUND_SIGNALS}},
        },
    .adoption = ADOPT_IF_ASKED,
    .hands_signals_on = true,
    .unblocked_signals = CRASH_SIGNALS,
    .remaps_failures = true,
    .end_policy = END_AT_ONCE,
    .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_NOT_FOUND, EXIT_NOT_RUNNABLE, EXIT_FAILURE, false},
    .help_fd = OUT,
    .help = tini_help,
    .version_fd = OUT,
    .version = TINI_VERSION " - git.foster\n",
    LINES(tini_lines),
};
