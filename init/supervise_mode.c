/*
 * supervise_mode.c - see supervise_mode.h. This is the signal thread: it reaps, passes signals on
 * to the supervisor, and ends the processes that the services leave behind.
 *
 * Until the supervisor has begun every failure ends foster, with a line that says why; afterwards
 * nothing ends it but the end of the services.
 */
#include "supervise_mode.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"
#include "config/diagnostics.h"
#include "config/plan_print.h"
#include "config/settings.h"
#include "control/server.h"
#include "logs/relay.h"
#include "main_service.h"
#include "process/descriptors.h"
#include "process/terminal.h"
#include "process/wait_status.h"
#include "supervise/engine_notify.h"
#include "supervise/event_loop.h"
#include "supervise/forwarding.h"
#include "supervise/sockets.h"
#include "supervise/start.h"
#include "supervise/supervisor.h"

enum {
    /* For the output that is still in the pipes when all services have ended. */
    LAST_LINES_MS = 1 * MS_PER_SECOND,
    /* From a SIGCHLD to a search of all children, 0.2 us each: children_sigchld_of() may miss some.
     */
    SEARCH_AFTER_MS = 100,
    /* Until more children are given pidfds: children_sigchld_of(). */
    LIST_AFTER_MS = 5,
};

/* The command is an essential service, with the settings of the command line. Without a
 * configuration its stop has no deadline unless one is given, as without services. */
static struct settings command_settings(const struct options *options)
{
    struct settings settings = settings_default;
    int stop_signal = signal_map_apply(&options->map, SIGTERM);
    settings.essential = true;
    settings.restart = options->restart;
    settings.as_success = options->as_success;
    settings.restart_limit = options->restart_limit;
    settings.stop_signal = stop_signal != 0 ? stop_signal : SIGTERM;
    settings.stop_as_group = options->to_group;
    if (options->stop_timeout != NEVER || options->config_count == 0) {
        settings.stop_grace_period = options->stop_timeout;
        settings.stop_grace_period_given = true;
    }
    return settings;
}

/* False if the configuration is wrong; every error in it has been said. */
static bool read_plan(struct plan *plan, const struct options *options)
{
    static struct settings settings;
    bool has_command = *options->command != NULL;
    settings = command_settings(options);
    struct config_request request = {
        .paths = options->configs,
        .path_count = options->config_count,
        .command = has_command ? options->command : NULL,
        .command_settings = &settings,
        .is_check = options->task == TASK_CHECK,
    };
    if (!has_command && options->stop_timeout != NEVER)
        diagnostics_note(&(struct file_line){0}, "--stop-timeout has no effect without a command; "
                                                 "use stop_grace_period");
    if (!config_read(plan, &request))
        return false;
    plan->command_argv = options->command;
    plan->map = &options->map;
    plan->to_group = options->to_group;
    if (options->termination_log_is_given)
        plan->globals.termination_log = options->termination_log;
    return true;
}

/* Without a socket foster runs as well, so its failure is a warning only if a path was given, or if
 * another process listens there: `foster ctl` would talk to that one. */
static void open_control(const struct options *options, const struct plan *plan)
{
    const char *given = options->control != NULL ? options->control : plan->globals.control;
    const char *path = given != NULL ? given : CONTROL_DEFAULT;
    if (*path == '\0')
        return;
    if (server_open(path, plan))
        supervisor_watch(&(struct observer){server_look, server_due});
    else
        log_line(given != NULL || errno == EADDRINUSE ? LOG_WARNING : LOG_INFO,
                 "no control socket at %s: %s", path, strerror(errno));
}

static bool begin_supervision(const struct options *options, struct plan *plan)
{
    if (plan->command == NULL)
        descriptors_close_from(STDERR_FILENO + 1);
    if (!event_loop_open()) {
        log_line(LOG_ERROR, "cannot supervise services: %s", strerror(errno));
        return false;
    }
    if (plan->command == NULL)
        engine_notify_begin(plan);
    if (!start_prepare(plan, options->placement, options->parent_death_signal) ||
        !relay_begin(plan, STDOUT_FILENO))
        return false;
    open_control(options, plan);
    main_leave_directory();
    return supervisor_begin(plan);
}

/* Reaps the child that a SIGCHLD names, and those that have pidfds; without a SIGCHLD, at the time
 * for a search, all. Returns when to search next, or NEVER. */
static milliseconds reap_children(const siginfo_t *sigchld, milliseconds search)
{
    if (children_sigchld_of(sigchld != NULL ? sigchld->si_pid : 0))
        return clock_now() + LIST_AFTER_MS;
    if (sigchld == NULL)
        return NEVER;
    return search != NEVER ? search : clock_now() + SEARCH_AFTER_MS;
}

/* Serves until the supervisor says that all services have ended; returns their exit code. */
static int serve(struct main_service *foster)
{
    int code;
    milliseconds search = NEVER;
    while (!supervisor_has_ended(&code)) {
        siginfo_t info;
        int signal = signals_wait(&info, search);
        sockets_close_copies();
        if (signal == SIGCHLD || signal == 0)
            search = reap_children(signal == SIGCHLD ? &info : NULL, search);
        if (foster->stop_requested == NEVER &&
            signal_is_stop_request(&foster->options->map, signal))
            foster->stop_requested = clock_now();
        if (signal == 0) /* the supervisor is to look at the promises of those that were found */
            info = (siginfo_t){.si_signo = SIGCHLD};
        forwarding_put(&info);
    }
    return code;
}

static int run_services(const struct options *options, const struct personality *personality,
                        struct plan *plan)
{
    struct main_service foster;
    main_prepare(&foster, options, personality);
    if (!begin_supervision(options, plan))
        return EXIT_FOSTER_FAILED;
    int code = serve(&foster);
    foster.program.took_terminal = start_took_terminal();
    main_leave(&foster);
    relay_end(clock_now() + LAST_LINES_MS);
    server_close();
    return code;
}

/* The handler of a signal, which is reset by now. It ends foster by the signal, or, as the kernel
 * does not do that to PID 1 (pid_namespaces(7)), by the exit code for it. Async-signal-safe. */
static void end_by(int signal)
{
    kill(getpid(), signal);
    _exit(EXIT_BY_SIGNAL + signal);
}

/* A check starts no process that would be left behind, so the signals that end a command end it. */
static void let_signals_end_us(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    sigset_t blocked = signals_all();
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        sigaction(signals[i],
                  &(struct sigaction){.sa_handler = end_by, .sa_flags = SA_RESETHAND | SA_NODEFER},
                  NULL);
        sigdelset(&blocked, signals[i]);
    }
    signals_set_mask(&blocked, NULL);
}

int supervise_mode_run(const struct options *options, const struct personality *personality)
{
    static struct plan plan;
    struct options merged = *options; /* the command line's, then the configuration's */
    if (options->task == TASK_CHECK)
        let_signals_end_us();
    if (!read_plan(&plan, options))
        return EXIT_USAGE;
    if (options->task == TASK_CHECK) {
        plan_print(&plan);
        return EXIT_SUCCESS;
    }
    if (!options->grace_is_given) {
        merged.grace = plan.globals.grace;
        merged.grace_is_given = plan.globals.grace_given;
    }
    return run_services(&merged, personality, &plan);
}
