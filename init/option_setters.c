/* option_setters.c - see option_setters.h. */
#include "option_setters.h"

#include <string.h>

#include "base/log.h"
#include "catalogue.h"
#include "config/restart_policy.h"

static bool set_task(struct options *options, enum task task)
{
    options->task = task;
    return true;
}

bool option_set_check(struct options *options, const char *value)
{
    (void)value;
    return set_task(options, TASK_CHECK);
}

bool option_set_help(struct options *options, const char *value)
{
    (void)value;
    return set_task(options, TASK_HELP);
}

bool option_set_license(struct options *options, const char *value)
{
    (void)value;
    return set_task(options, TASK_LICENSE);
}

bool option_set_pause(struct options *options, const char *value)
{
    (void)value;
    return set_task(options, TASK_PAUSE);
}

bool option_set_version(struct options *options, const char *value)
{
    (void)value;
    return set_task(options, TASK_VERSION);
}

bool option_set_config(struct options *options, const char *path)
{
    options->configs[options->config_count++] = path;
    return *path != '\0';
}

bool option_set_control(struct options *options, const char *path)
{
    options->control = strcmp(path, "none") == 0 ? "" : path;
    return *path != '\0';
}

bool option_set_restart(struct options *options, const char *policy)
{
    return restart_policy_parse(policy, &options->restart, &options->restart_limit);
}

bool option_set_adopt(struct options *options, const char *value)
{
    (void)value;
    options->adopt = true;
    return true;
}

bool option_set_parent_death_signal(struct options *options, const char *signal)
{
    options->parent_death_signal = signal_parse(signal);
    return options->parent_death_signal != 0;
}

bool option_set_session(struct options *options, const char *value)
{
    (void)value;
    options->placement = IN_OWN_SESSION;
    return true;
}

bool option_set_group(struct options *options, const char *value)
{
    (void)value;
    options->to_group = true;
    return true;
}

bool option_set_single_child(struct options *options, const char *value)
{
    (void)value;
    options->to_group = false;
    return true;
}

/* Warns of a rewrite that can have no effect, and removes it: KILL and STOP never reach foster, and
 * SIGCHLD is its own. */
static void remove_useless_rewrite(uint8_t *to, const char *from_to)
{
    if (to[SIGKILL] == SIGNAL_UNCHANGED && to[SIGSTOP] == SIGNAL_UNCHANGED &&
        to[SIGCHLD] == SIGNAL_UNCHANGED)
        return;
    log_line(LOG_WARNING, "-r %s has no effect: that signal is never passed on", from_to);
    to[SIGKILL] = to[SIGSTOP] = to[SIGCHLD] = SIGNAL_UNCHANGED;
}

bool option_set_rewrite(struct options *options, const char *from_to)
{
    bool valid = signal_map_parse(from_to, &options->map);
    remove_useless_rewrite(options->map.to, from_to);
    return valid;
}

bool option_set_stop_signal(struct options *options, const char *signal)
{
    int number = signal_parse(signal);
    options->map.to[SIGTERM] = (uint8_t)number;
    return number != 0;
}

bool option_set_success_code(struct options *options, const char *code)
{
    long number;
    if (!text_to_number(code, 0, EXIT_CODES - 1, &number))
        return false;
    wait_status_count_as_success(options->as_success, (int)number);
    return true;
}

bool option_set_stop_timeout(struct options *options, const char *duration)
{
    return duration_parse(duration, &options->stop_timeout);
}

bool option_set_grace(struct options *options, const char *duration)
{
    options->grace_is_given = true;
    return duration_parse(duration, &options->grace);
}

bool option_set_termination_log(struct options *options, const char *path)
{
    options->termination_log = path;
    options->termination_log_is_given = true;
    return *path != '\0';
}

bool option_set_log_orphans(struct options *options, const char *value)
{
    (void)value;
    options->log_orphans = true;
    return true;
}

bool option_set_more_verbose(struct options *options, const char *value)
{
    (void)value;
    options->verbosity++;
    return true;
}

/* The number at the start, 0 if there is none. A negative number counts as the highest level. */
bool option_set_verbosity(struct options *options, const char *level)
{
    int64_t number = *level == '-' ? LOG_TRACE : text_number(level, NULL);
    options->verbosity = number < LOG_TRACE ? (int)number : LOG_TRACE;
    return true;
}

bool option_set_debug(struct options *options, const char *value)
{
    (void)value;
    options->verbosity = LOG_DEBUG;
    return true;
}

bool option_set_debug_if_one(struct options *options, const char *value)
{
    if (strcmp(value, "1") != 0)
        return true;
    option_set_debug(options, value);
    log_set_level(options->verbosity);
    catalogue_say(DEBUG_MODE);
    return true;
}
