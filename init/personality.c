/*
 * personality.c - see personality.h. Each name in a section of its own: options, variables, lines,
 * and its row in the table.
 *
 * The texts of the other programs are their interface, not their code: what is matched on must be
 * the same.
 */
#include "personality.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"
#include "control/server.h"
#include "option_setters.h"
#include "process/exit_report.h"
#include "process/wait_status.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { OUT = STDOUT_FILENO, ERR = STDERR_FILENO };

/* ---- foster ---- */

enum { DEFAULT_GRACE = 5 * MS_PER_SECOND };

/* A rule without a usage is not in the help, for that is to fit one screen, but in the manual. */
static const struct rule foster_rules[] = {
    {0, "config", "the path of a file or a directory", set_config, "--config PATH",
     "supervise the services of a file (repeatable)"},
    {0, "check", NULL, ask_check, "--check", "report the faults of the configuration, run nothing"},
    {0, "control", "the path of a socket", set_control, "--control PATH",
     "for foster ctl (" CONTROL_DEFAULT ")"},
    {0, "restart", "no, always, on-failure or on-failure:N", set_restart, "--restart POLICY",
     "start main again: no, always, on-failure[:N]"},
    {'s', NULL, NULL, set_adopt, NULL, NULL},
    {'p', NULL, "a signal", set_parent_death_signal, "-p SIGNAL",
     "get SIGNAL when the parent dies; so does main"},
    {'g', NULL, NULL, set_group, "-g", "signal main's process group, not main alone (-c)"},
    {'c', "single-child", NULL, set_single_child, NULL, NULL},
    {0, "setsid", NULL, set_session, "--setsid", "run main in a session of its own"},
    {'r', "rewrite", "FROM:TO, two signals, or FROM:0 to drop one", set_rewrite,
     "-r, --rewrite FROM:TO", "pass signal FROM on as TO; 0 drops it"},
    {'e', NULL, "an exit code from 0 to 255", set_as_success, "-e CODE",
     "exit with 0 when main exits with CODE"},
    {0, "stop-signal", "a signal", set_stop_signal, "--stop-signal SIGNAL",
     "pass SIGTERM on as SIGNAL"},
    {0, "stop-timeout", "a duration such as 500ms, 5s or 2m", set_stop_timeout,
     "--stop-timeout TIME", "kill what runs TIME after INT, QUIT or TERM"},
    {0, "grace", "a duration such as 500ms, 5s or 2m", set_grace, "--grace TIME",
     "for what main leaves behind (5s; 0: none)"},
    {0, "termination-log", "the path of a file", set_termination_log, "--termination-log PATH",
     "last words (" TERMINATION_LOG ")"},
    {'w', NULL, NULL, set_say_orphans, "-w", "log each orphan that is reaped"},
    {'v', "verbose", NULL, set_verbose, "-v, --verbose", "say more; twice: say all"},
    {'P', "pause", NULL, set_pause, "-P, --pause",
     "run nothing, only reap, until INT, QUIT or TERM"},
    {'l', NULL, NULL, ask_license, NULL, NULL},
    {'L', "license", NULL, ask_license, NULL, NULL},
    {'V', "version", NULL, ask_version, "-V, --version", "print the version"},
    {'h', "help", NULL, ask_help, "-h, --help", "print this"},
};

/* Those of all the others: an image may bring them along. */
static const struct variable foster_variables[] = {
    {"TINI_SUBREAPER", set_adopt},          {"TINI_VERBOSITY", set_verbosity},
    {"TINI_KILL_PROCESS_GROUP", set_group}, {"DUMB_INIT_DEBUG", set_debug_if_one},
    {"CATATONIT_DEBUG", set_debug},         {"DUMB_INIT_SETSID", set_session_by_number},
};

#define SEE_HELP "; foster --help lists the options"

static const struct catalogue_line foster_lines[] = {
    {UNKNOWN_LETTER, LOG_ERROR, ERR, "foster: unknown option -%o" SEE_HELP},
    {UNKNOWN_NAME, LOG_ERROR, ERR, "foster: unknown option %o" SEE_HELP},
    {AMBIGUOUS_NAME, LOG_ERROR, ERR, "foster: option %o could mean several" SEE_HELP},
    {LETTER_WANTS, LOG_ERROR, ERR, "foster: option %v needs %t"},
    {NAME_WANTS, LOG_ERROR, ERR, "foster: option %v needs %t"},
    {NAME_TAKES_NONE, LOG_ERROR, ERR, "foster: option --%o takes no argument, and here is '%v'"},
    {BAD_VALUE, LOG_ERROR, ERR, "foster: option %o needs %t, not '%v'"},
    {NO_COMMAND, LOG_ERROR, ERR,
     "foster: no command, and no " CONFIG_DEFAULT ": nothing to run" SEE_HELP},
    {COMMAND_TO_PAUSE, LOG_ERROR, ERR, "foster: -P runs no command, and here is one: %v"},
    {CANNOT_ADOPT, LOG_WARNING, ERR, "foster: cannot adopt orphans here, they go to PID 1: %t"},
    {SPAWNED, LOG_INFO, ERR, "foster: main is %c, pid %p"},
    {EXEC_FAILED, LOG_ERROR, ERR, "foster: cannot run %t"},
    {FORK_FAILED, LOG_ERROR, ERR, "foster: cannot run %c: %t"},
    {SENT, LOG_DEBUG, ERR, "foster: sent main %t"},
    {NOT_SENT, LOG_DEBUG, ERR, "foster: could not send main %t"},
    {REFUSED, LOG_WARNING, ERR, "foster: %t"},
    {ABANDONED, LOG_WARNING, ERR,
     "foster: main (%c, pid %p) cannot be killed: leaving without its exit code"},
    {KILLING, LOG_WARNING, ERR, "foster: killing main, which has not stopped within %t"},
    {ORPHAN_REAPED, LOG_WARNING, ERR, "foster: reaped orphan pid %p, which %t"},
    {MAIN_EXITED, LOG_INFO, ERR, "foster: main (%c, pid %p) %t"},
    {MAIN_KILLED, LOG_INFO, ERR, "foster: main (%c, pid %p) %t"},
    {MAIN_DIED, LOG_WARNING, ERR, "foster: main (%c, pid %p) %t"},
};

/* ---- tini, and as the engines call it, docker-init ---- */

static const struct rule tini_rules[] = {
    {'h', NULL, NULL, ask_help, NULL, NULL},
    {'s', NULL, NULL, set_adopt, NULL, NULL},
    {'p', NULL, "", set_parent_death_signal_by_name, NULL, NULL},
    {'v', NULL, NULL, set_verbose, NULL, NULL},
    {'w', NULL, NULL, set_say_orphans, NULL, NULL},
    {'g', NULL, NULL, set_group, NULL, NULL},
    {'e', NULL, "", set_as_success_loosely, NULL, NULL},
    {'l', NULL, NULL, ask_license, NULL, NULL},
    {0, "version", NULL, ask_version, NULL, NULL},
};

static const struct variable tini_variables[] = {
    {"TINI_SUBREAPER", set_adopt},
    {"TINI_VERBOSITY", set_verbosity},
    {"TINI_KILL_PROCESS_GROUP", set_group},
};

/* The version whose interface this is; engines want this form, and show what follows "git." (docker
 * info). */
#define TINI_VERSION "tini version 0.19.0"

static const char tini_usage[] =
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
    {LETTER_WANTS, LOG_ERROR, ERR, "%a: option requires an argument -- '%o'"},
    {NAME_TAKES_NONE, LOG_ERROR, ERR, "%a: invalid option -- '-'"},
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

/* Sent to somebody by mistake. */
#define FAULTS                                                                                     \
    (SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGABRT) | SIGNAL_BIT(SIGBUS) |         \
     SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGSYS))

/* What a terminal sends to those in the background. */
#define NOT_FOR_MAIN [SIGTTIN] = SIGNAL_DROPPED, [SIGTTOU] = SIGNAL_DROPPED

/* ---- dumb-init ---- */

static const struct rule dumb_init_rules[] = {
    {'h', "help", NULL, ask_help, NULL, NULL},
    {'V', "version", NULL, ask_version, NULL, NULL},
    {'v', "verbose", NULL, set_verbose, NULL, NULL},
    {'c', "single-child", NULL, stay_in_group, NULL, NULL},
    {'r', "rewrite", "", set_rewrite_by_numbers, NULL, NULL},
};

static const struct variable dumb_init_variables[] = {
    {"DUMB_INIT_DEBUG", set_debug_if_one},
    {"DUMB_INIT_SETSID", set_no_session_if_zero},
};

#define DUMB_INIT_VERSION "dumb-init v1.2.5\n"

static const char dumb_init_help[] = DUMB_INIT_VERSION
    "Usage: %a [option] command [[arg] ...]\n"
    "\n"
    "dumb-init is a simple process supervisor that forwards signals to children.\n"
    "It is designed to run as PID1 in minimal container environments.\n"
    "\n"
    "Optional arguments:\n"
    "   -c, --single-child   Run in single-child mode.\n"
    "                        In this mode, signals are only proxied to the\n"
    "                        direct child and not any of its descendants.\n"
    "   -r, --rewrite s:r    Rewrite received signal s to new signal r before proxying.\n"
    "                        To ignore (not proxy) a signal, rewrite it to 0.\n"
    "                        This option can be specified multiple times.\n"
    "   -v, --verbose        Print debugging information to stderr.\n"
    "   -h, --help           Print this help message and exit.\n"
    "   -V, --version        Print the current version and exit.\n"
    "\n"
    "Full help is available online at https://github.com/Yelp/dumb-init\n";

static const char dumb_init_bad_rewrite[] =
    "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n"
    "This option can be specified multiple times.\n"
    "Use --help for full usage.";

static const struct catalogue_line dumb_init_lines[] = {
    {UNKNOWN_LETTER, LOG_ERROR, ERR, "%a: invalid option -- '%o'"},
    {UNKNOWN_NAME, LOG_ERROR, ERR, "%a: unrecognized option '%o'"},
    {AMBIGUOUS_NAME, LOG_ERROR, ERR,
     "%a: option '%o' is ambiguous; possibilities: '--verbose' '--version'"},
    {LETTER_WANTS, LOG_ERROR, ERR, "%a: option requires an argument -- '%o'"},
    {NAME_WANTS, LOG_ERROR, ERR, "%a: option '--%o' requires an argument"},
    {NAME_TAKES_NONE, LOG_ERROR, ERR, "%a: option '--%o' doesn't allow an argument"},
    {BAD_VALUE, LOG_ERROR, ERR, dumb_init_bad_rewrite},
    {NO_COMMAND, LOG_ERROR, ERR,
     "Usage: %a [option] program [args]\nTry %a --help for full usage."},
    {DEBUG_MODE, LOG_INFO, ERR, "[dumb-init] Running in debug mode."},
    {NO_SESSION_MODE, LOG_INFO, ERR, "[dumb-init] Not running in setsid mode."},
    {TERMINAL_RELEASED, LOG_INFO, ERR,
     "[dumb-init] Detached from controlling tty, ignoring the first SIGHUP and SIGCONT we "
     "receive."},
    {TERMINAL_NOT_LED, LOG_INFO, ERR,
     "[dumb-init] Detached from controlling tty, but was not session leader."},
    {TERMINAL_NOT_RELEASED, LOG_INFO, ERR,
     "[dumb-init] Unable to detach from controlling tty (errno=%n %t)."},
    {SPAWNED, LOG_INFO, ERR, "[dumb-init] Child spawned with PID %p."},
    {TERMINAL_NOT_ADOPTED, LOG_INFO, ERR,
     "[dumb-init] Unable to attach to controlling tty (errno=%n %t)."},
    {SESSION_MADE, LOG_INFO, ERR, "[dumb-init] setsid complete."},
    {EXEC_FAILED, LOG_ERROR, ERR, "[dumb-init] %c: %t"},
    {FORK_FAILED, LOG_ERROR, ERR, "[dumb-init] Unable to fork. Exiting."},
    {SIGNAL_CAME, LOG_INFO, ERR, "[dumb-init] Received signal %n."},
    {SIGCHLD_CAME, LOG_INFO, ERR, "[dumb-init] Received signal %n."},
    {HAND_OFF_IGNORED, LOG_INFO, ERR, "[dumb-init] Ignoring tty hand-off signal %n."},
    {TRANSLATED, LOG_INFO, ERR, "[dumb-init] Translating signal %n to %p."},
    {SENT, LOG_INFO, ERR, "[dumb-init] Forwarded signal %n to children."},
    {NOT_SENT, LOG_INFO, ERR, "[dumb-init] Forwarded signal %n to children."},
    {DROPPED, LOG_INFO, ERR, "[dumb-init] Not forwarding signal 0 to children (ignored)."},
    {SUSPENDING, LOG_INFO, ERR, "[dumb-init] Suspending self due to TTY signal."},
    {ORPHAN_EXITED, LOG_INFO, ERR, "[dumb-init] A child with PID %p exited with exit status %n."},
    {ORPHAN_KILLED, LOG_INFO, ERR, "[dumb-init] A child with PID %p was terminated by signal %n."},
    {REAPED_EXITED, LOG_INFO, ERR, "[dumb-init] A child with PID %p exited with exit status %n."},
    {REAPED_KILLED, LOG_INFO, ERR, "[dumb-init] A child with PID %p was terminated by signal %n."},
    {MAIN_EXITED, LOG_INFO, ERR, "[dumb-init] Child exited with status %n. Goodbye."},
    {MAIN_KILLED, LOG_INFO, ERR, "[dumb-init] Child exited with status %n. Goodbye."},
    {MAIN_DIED, LOG_INFO, ERR, "[dumb-init] Child exited with status %n. Goodbye."},
};

/* ---- catatonit, and as podman calls it, podman-init ---- */

static const struct rule catatonit_rules[] = {
    {'g', NULL, NULL, set_group, NULL, NULL},
    {'h', NULL, NULL, ask_help, NULL, NULL},
    {'L', NULL, NULL, ask_license, NULL, NULL},
    {'P', NULL, NULL, set_pause_through_quit, NULL, NULL},
    {'V', "version", NULL, ask_version, NULL, NULL},
};

static const struct variable catatonit_variables[] = {
    {"CATATONIT_LOG", refuse_variable},
    {"CATATONIT_DEBUG", set_debug},
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
    {NAME_TAKES_NONE, LOG_ERROR, ERR, "%a: option '--%o' doesn't allow an argument"},
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

/* ---- pause, the first process of a Kubernetes pod ---- */

static const struct rule pause_rules[] = {
    {'v', NULL, NULL, ask_version, NULL, NULL},
    {'V', NULL, NULL, ask_version, NULL, NULL},
};

static const struct catalogue_line pause_lines[] = {
    {NOT_FIRST, LOG_WARNING, ERR, "Warning: pause should be the first process"},
    {PAUSE_ENDED, LOG_WARNING, ERR, "Shutting down, got signal: %t"},
};

/* It handles three signals; the other two come of a line that cannot be written. */
#define NOT_HANDLED                                                                                \
    (~(SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGPIPE) |      \
       SIGNAL_BIT(SIGXFSZ)))

/* ---- the table ---- */

#define RULES(table)     .rules = (table), .rule_count = COUNT(table)
#define VARIABLES(table) .variables = (table), .variable_count = COUNT(table)
#define LINES(table)     .lines = (table), .line_count = COUNT(table)

static const struct personality names[] =
    {
        {
            .names = (const char *const[]){"foster", NULL},
            .grammar =
                {
                    RULES(foster_rules),
                    VARIABLES(foster_variables),
                    .supervises = true,
                    .defaults = {.verbosity = LOG_WARNING,
                                 .main_dies_with_us = true,
                                 .stop_timeout = NEVER,
                                 .grace = DEFAULT_GRACE,
                                 .termination_log = TERMINATION_LOG},
                },
            .adoption = ADOPT_ALWAYS,
            .ending = END_IN_ORDER,
            .codes = {EXIT_USAGE, EXIT_FOSTER_FAILED, EXIT_NOT_FOUND, EXIT_NOT_RUNNABLE,
                      EXIT_NOT_RUNNABLE, .explained = true},
            .version = {OUT, "foster version " FOSTER_VERSION "\n"},
            LINES(foster_lines),
        },
        {
            .names = (const char *const[]){"tini", "tini-static", "docker-init", NULL},
            .grammar =
                {
                    RULES(tini_rules),
                    VARIABLES(tini_variables),
                    .variables_last = true,
                    .usage = tini_usage,
                    .defaults = {.verbosity = LOG_WARNING,
                                 .stop_timeout = NEVER,
                                 .map.to = {NOT_FOR_MAIN}},
                },
            .adoption = ADOPT_IF_ASKED,
            .hands_signals_on = true,
            .lets_through = FAULTS,
            .remaps_failures = true,
            .ending = END_AT_ONCE,
            .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_NOT_FOUND, EXIT_NOT_RUNNABLE, EXIT_FAILURE,
                      false},
            .help = {OUT, tini_usage},
            .version = {OUT, TINI_VERSION " - git.foster\n"},
            LINES(tini_lines),
        },
        {
            .names = (const char *const[]){"dumb-init", NULL},
            .grammar =
                {
                    RULES(dumb_init_rules),
                    VARIABLES(dumb_init_variables),
                    .variables_last = true,
                    .defaults = {.verbosity = LOG_WARNING,
                                 .stop_timeout = NEVER,
                                 .to_group = true,
                                 .placement = IN_OWN_SESSION},
                },
            .adoption = ADOPT_IF_ASKED, /* and there is no way to ask */
            .suspends = true,
            .ending = END_GROUP,
            .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_USAGE, EXIT_USAGE, EXIT_USAGE, false},
            .help = {ERR, dumb_init_help},
            .version = {ERR, DUMB_INIT_VERSION},
            LINES(dumb_init_lines),
        },
        {
            .names = (const char *const[]){"catatonit", "podman-init", NULL},
            .grammar =
                {
                    RULES(catatonit_rules),
                    VARIABLES(catatonit_variables),
                    .any_command_pauses = true,
                    .usage = CATATONIT_USAGE,
                    .defaults = {.verbosity = LOG_ERROR,
                                 .stop_timeout = NEVER,
                                 .map.to = {NOT_FOR_MAIN, [SIGTSTP] = SIGNAL_DROPPED}},
                },
            .adoption = ADOPT_ALWAYS,
            .hands_signals_on = true,
            .lets_through = FAULTS,
            .ending = END_AT_ONCE,
            .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, false},
            .help = {ERR, catatonit_help},
            .version = {OUT, "tini version 0.1.7_catatonit\n"},
            LINES(catatonit_lines),
        },
        {
            .names = (const char *const[]){"pause", NULL},
            .grammar =
                {
                    RULES(pause_rules),
                    .any_command_pauses = true,
                    .any_option_will_do = true,
                    .defaults = {.task = TASK_PAUSE,
                                 .verbosity = LOG_WARNING,
                                 .stop_timeout = NEVER},
                },
            .adoption = ADOPT_ALWAYS,
            .lets_through = NOT_HANDLED,
            .ending = END_AT_ONCE,
            .codes = {EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, EXIT_FAILURE, false},
            .version = {OUT, "pause.c " FOSTER_VERSION "\n"},
            LINES(pause_lines),
        },
};

static bool answers_to(const struct personality *name, const char *called)
{
    for (const char *const *one = name->names; *one != NULL; one++)
        if (strcmp(*one, called) == 0)
            return true;
    return false;
}

const struct personality *personality_called(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');
    for (size_t i = 0; i < COUNT(names); i++)
        if (answers_to(&names[i], slash != NULL ? slash + 1 : argv0))
            return &names[i];
    return &names[0];
}
