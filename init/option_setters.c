/* option_setters.c - see option_setters.h. */
#include "option_setters.h"

#include <string.h>

#include "base/log.h"
#include "catalogue.h"
#include "config/values.h"

/* Past what strtol and scanf pass over before a number. */
static const char *skip_to_digits(const char *string)
{
    string += strspn(string, " \t\n\v\f\r");
    return *string == '+' ? string + 1 : string;
}

bool set_adopt(struct options *options, const char *value)
{
    (void)value;
    options->adopt = true;
    return true;
}

bool set_as_success(struct options *options, const char *code)
{
    long number;
    if (!text_to_number(code, 0, EXIT_CODES - 1, &number))
        return false;
    options->as_success[number / CHAR_BIT] |= (uint8_t)(1U << number % CHAR_BIT);
    return true;
}

/* tini's, by strtol: blanks and a plus before it, and nothing at all for 0. */
bool set_as_success_loosely(struct options *options, const char *code)
{
    const char *digits = skip_to_digits(code);
    return set_as_success(options, *digits == '\0' && digits == code ? "0" : digits);
}

bool set_config(struct options *options, const char *path)
{
    options->configs[options->config_count++] = path;
    return *path != '\0';
}

bool set_control(struct options *options, const char *path)
{
    options->control = strcmp(path, "none") == 0 ? "" : path;
    return *path != '\0';
}

bool set_debug(struct options *options, const char *value)
{
    (void)value;
    options->verbosity = LOG_DEBUG;
    return true;
}

bool set_debug_if_one(struct options *options, const char *value)
{
    if (strcmp(value, "1") != 0)
        return true;
    set_debug(options, value);
    log_set_level(options->verbosity);
    catalogue_say(DEBUG_MODE);
    return true;
}

bool set_grace(struct options *options, const char *duration)
{
    options->grace_is_given = true;
    return duration_parse(duration, &options->grace);
}

bool set_group(struct options *options, const char *value)
{
    (void)value;
    options->to_group = true;
    return true;
}

bool set_no_session_if_zero(struct options *options, const char *value)
{
    if (strcmp(value, "0") != 0)
        return true;
    log_set_level(options->verbosity);
    catalogue_say(NO_SESSION_MODE);
    return stay_in_group(options, value);
}

bool set_parent_death_signal(struct options *options, const char *signal)
{
    options->parent_death_signal = signal_parse(signal);
    return options->parent_death_signal != 0;
}

/* tini's: the name in full and in capitals, of one of the standard signals. */
bool set_parent_death_signal_by_name(struct options *options, const char *signal)
{
    bool in_full = strncmp(signal, "SIG", strlen("SIG")) == 0 &&
                   strcspn(signal, "abcdefghijklmnopqrstuvwxyz") == strlen(signal);
    return in_full && set_parent_death_signal(options, signal) &&
           options->parent_death_signal < SIGNAL_RT_FIRST;
}

bool set_pause(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_PAUSE;
    return true;
}

/* catatonit's: QUIT does not end it. */
bool set_pause_through_quit(struct options *options, const char *value)
{
    options->map.to[SIGQUIT] = SIGNAL_DROPPED;
    return set_pause(options, value);
}

bool set_restart(struct options *options, const char *policy)
{
    return value_parse_restart(policy, &options->restart, &options->restart_limit);
}

/* Says so, and forgets it, where a signal is meant that foster cannot get or keeps to itself. */
static void note_rewrite(uint8_t *to, const char *from_to)
{
    if (to[SIGKILL] + to[SIGSTOP] + to[SIGCHLD] == SIGNAL_UNCHANGED)
        return;
    say(LOG_WARNING, "-r %s has no effect: that signal is never passed on", from_to);
    to[SIGKILL] = to[SIGSTOP] = to[SIGCHLD] = SIGNAL_UNCHANGED;
}

bool set_rewrite(struct options *options, const char *from_to)
{
    bool valid = signal_map_parse(from_to, &options->map);
    note_rewrite(options->map.to, from_to);
    return valid;
}

/* dumb-init's, by scanf: two numbers of standard signals, whatever follows them. */
bool set_rewrite_by_numbers(struct options *options, const char *from_to)
{
    enum { LAST = 31 };
    const char *first = skip_to_digits(from_to), *colon, *end;
    int64_t from = text_number(first, &colon);
    if (colon == first || *colon != ':' || from < SIGNAL_FIRST || from > LAST)
        return false;
    const char *second = skip_to_digits(colon + 1);
    int64_t to = text_number(second, &end);
    options->map.to[from] = to == 0 ? SIGNAL_DROPPED : (uint8_t)to;
    return end != second && to <= LAST;
}

bool set_say_orphans(struct options *options, const char *value)
{
    (void)value;
    options->say_orphans = true;
    return true;
}

bool set_session(struct options *options, const char *value)
{
    (void)value;
    options->placement = IN_OWN_SESSION;
    return true;
}

/* DUMB_INIT_SETSID under foster's own name: 1 is that program's default, a session that is
 * signalled as a group. */
bool set_session_by_number(struct options *options, const char *value)
{
    if (strcmp(value, "1") == 0)
        return set_session(options, value) && set_group(options, value);
    return true;
}

bool set_single_child(struct options *options, const char *value)
{
    (void)value;
    options->to_group = false;
    return true;
}

bool set_stop_signal(struct options *options, const char *signal)
{
    int number = signal_parse(signal);
    options->map.to[SIGTERM] = (uint8_t)number;
    return number != 0;
}

bool set_stop_timeout(struct options *options, const char *duration)
{
    return duration_parse(duration, &options->stop_timeout);
}

bool set_termination_log(struct options *options, const char *path)
{
    options->termination_log = path;
    options->termination_log_is_given = true;
    return *path != '\0';
}

bool set_verbose(struct options *options, const char *value)
{
    (void)value;
    options->verbosity++;
    return true;
}

/* As atoi reads it: the number at the start, and 0 if there is none. */
bool set_verbosity(struct options *options, const char *level)
{
    int64_t number = *level == '-'
                         ? LOG_TRACE
                         : text_number(level, NULL); /* below zero is above all there, too */
    options->verbosity = number < LOG_TRACE ? (int)number : LOG_TRACE;
    return true;
}

bool stay_in_group(struct options *options, const char *value)
{
    options->placement = IN_OUR_GROUP;
    return set_single_child(options, value);
}

bool refuse_variable(struct options *options, const char *value)
{
    (void)options, (void)value;
    return false;
}

bool ask_check(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_CHECK;
    return true;
}

bool ask_help(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_HELP;
    return true;
}

bool ask_license(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_LICENSE;
    return true;
}

bool ask_version(struct options *options, const char *value)
{
    (void)value;
    options->task = TASK_VERSION;
    return true;
}
