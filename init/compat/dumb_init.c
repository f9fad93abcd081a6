/*
 * dumb_init.c - dumb-init.
 *
 * It reads its variables after its options, so they win; with a wrong option none is read. A
 * command that cannot be run ends with 2 in any case.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "option_setters.h"
#include "programs.h"

/* Reads the pair as scanf(3) does with "%d:%d": each number after blanks and a plus sign, and
 * whatever follows them. Both are standard signals; 0 drops the first. */
static bool set_rewrite_by_scanf(struct options *options, const char *from_to)
{
    enum { LAST = 31 };
    const char *first = compat_skip_to_digits(from_to), *colon, *end;
    int64_t from = text_number(first, &colon);
    if (colon == first || *colon != ':' || from < SIGNAL_FIRST || from > LAST)
        return false;
    const char *second = compat_skip_to_digits(colon + 1);
    int64_t to = text_number(second, &end);
    options->map.to[from] = to == 0 ? SIGNAL_DROPPED : (uint8_t)to;
    return end != second && to <= LAST;
}

/* Main stays in the process group that dumb-init is in. */
static bool stay_in_group(struct options *options, const char *value)
{
    options->placement = IN_OUR_GROUP;
    return option_set_single_child(options, value);
}

static bool stay_in_group_if_zero(struct options *options, const char *value)
{
    if (strcmp(value, "0") != 0)
        return true;
    log_set_level(options->verbosity);
    catalogue_say(NO_SESSION_MODE);
    return stay_in_group(options, value);
}

static const struct option_rule dumb_init_rules[] = {
    {'h', "help", NULL, option_set_help, NULL, NULL},
    {'V', "version", NULL, option_set_version, NULL, NULL},
    {'v', "verbose", NULL, option_set_more_verbose, NULL, NULL},
    {'c', "single-child", NULL, stay_in_group, NULL, NULL},
    {'r', "rewrite", "", set_rewrite_by_scanf, NULL, NULL},
};

static const struct variable_rule dumb_init_variables[] = {
    {"DUMB_INIT_DEBUG", option_set_debug_if_one},
    {"DUMB_INIT_SETSID", stay_in_group_if_zero},
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

static const struct catalogue_line dumb_init_lines[] = {
    {UNKNOWN_LETTER, LOG_ERROR, ERR, "%a: invalid option -- '%o'"},
    {UNKNOWN_NAME, LOG_ERROR, ERR, "%a: unrecognized option '%o'"},
    {AMBIGUOUS_NAME, LOG_ERROR, ERR,
     "%a: option '%o' is ambiguous; possibilities: '--verbose' '--version'"},
    {LETTER_NEEDS_ARGUMENT, LOG_ERROR, ERR, "%a: option requires an argument -- '%o'"},
    {NAME_NEEDS_ARGUMENT, LOG_ERROR, ERR, "%a: option '--%o' requires an argument"},
    {NAME_TAKES_NO_ARGUMENT, LOG_ERROR, ERR, "%a: option '--%o' doesn't allow an argument"},
    {BAD_VALUE, LOG_ERROR, ERR,
     "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n"
     "This option can be specified multiple times.\n"
     "Use --help for full usage."},
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
    {TRANSLATED, LOG_INFO, ERR, "[dumb-init] Translating signal %n to %m."},
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

enum { EXEC_FAILED_CODE = 2 };

const struct personality compat_dumb_init = {
    .names = (const char *const[]){"dumb-init", NULL},
    .grammar =
        {
            RULES(dumb_init_rules),
            VARIABLES(dumb_init_variables),
            .variables_win = true,
            .defaults = {.verbosity = LOG_WARNING,
                         .stop_timeout = NEVER,
                         .to_group = true,
                         .placement = IN_OWN_SESSION},
        },
    .adoption = ADOPT_IF_ASKED, /* no option asks for it */
    .suspends = true,
    .end_policy = END_GROUP,
    .codes = {EXIT_FAILURE, EXIT_FAILURE, EXEC_FAILED_CODE, EXEC_FAILED_CODE, EXEC_FAILED_CODE,
              false},
    .help_fd = ERR,
    .help = dumb_init_help,
    .version_fd = ERR,
    .version = DUMB_INIT_VERSION,
    LINES(dumb_init_lines),
};
