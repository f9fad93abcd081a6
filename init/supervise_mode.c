/*
 * supervise_mode.c - see supervise_mode.h. This is the signal thread: it reaps, passes signals on,
 * and sees to the end.
 *
 * Until the supervisor has begun everything may fail, and foster then says so and exits; afterwards
 * nothing may end it but the end of the services.
 */
#include "supervise_mode.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"
#include "config/settings.h"
#include "control/server.h"
#include "logs/relay.h"
#include "main_service.h"
#include "process/descriptors.h"
#include "process/terminal.h"
#include "process/wait_status.h"
#include "supervise/event_loop.h"
#include "supervise/forwarding.h"
#include "supervise/sockets.h"
#include "supervise/start.h"
#include "supervise/supervisor.h"

enum {
    LAST_LINES =
        1 * MS_PER_SECOND, /* in which what is still in the pipes when all have ended is written */
    SEARCH_AFTER = 100, /* ms after a death, for those that children_sigchld_of() may leave: 0.2 us
                           for each child */
    LIST_AFTER = 5,     /* ms, for the next of those who have no pidfd yet */
};

/* The command is a service like others, but essential, with what the command line says of it.
 * Without a configuration it has all the time it wants for its end, as if it were run once. */
static struct settings command_settings(const struct options *options)
{
    struct settings settings = settings_default;
    int stop_signal = signal_map_apply(&options->map, SIGTERM);
    settings.essential = true;
    settings.restart = options->restart;
    settings.restart_limit = options->restart_limit;
    settings.stop_signal = stop_signal != 0 ? stop_signal : SIGTERM;
    if (options->stop_timeout != NEVER || options->config_count == 0) {
        settings.stop_grace_period = options->stop_timeout;
        settings.stop_grace_period_given = true;
    }
    return settings;
}

/* False, and every fault has been said, if the configuration is wrong. */
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
    };
    if (!config_read(plan, &request))
        return false;
    plan->command_argv = options->command;
    plan->map = &options->map;
    plan->to_group = options->to_group;
    plan->as_success = options->as_success;
    if (options->termination_log_is_given)
        plan->globals.termination_log = options->termination_log;
    return true;
}

/* The socket is a convenience: only one that was asked for is missed. But where another listens
 * `foster ctl` asks him.
 */
static void open_control(const struct options *options, const struct plan *plan)
{
    const char *asked_for = options->control != NULL ? options->control : plan->globals.control;
    const char *path = asked_for != NULL ? asked_for : CONTROL_DEFAULT;
    if (*path == '\0')
        return;
    if (server_open(path))
        supervisor_watch(&(struct onlooker){server_look, server_due});
    else
        say(asked_for != NULL || errno == EADDRINUSE ? LOG_WARNING : LOG_INFO,
            "no control socket at %s: %s", path, strerror(errno));
}

static bool begin(const struct options *options, struct plan *plan)
{
    if (plan->command == NULL)
        descriptors_close_from(STDERR_FILENO + 1);
    if (!event_loop_open()) {
        say(LOG_ERROR, "cannot supervise services: %s", strerror(errno));
        return false;
    }
    if (!start_prepare(plan, options->placement, options->parent_death_signal) ||
        !relay_begin(plan, STDOUT_FILENO))
        return false;
    open_control(options, plan);
    if (chdir("/") == -1)
        say(LOG_DEBUG, "stays in its directory: %s", strerror(errno));
    return supervisor_begin(plan);
}

/* The one that the signal names and its like, or, when it is time, all; returns when to search for
 * all. */
static milliseconds reap(const siginfo_t *sigchld, milliseconds search)
{
    if (children_sigchld_of(sigchld != NULL ? sigchld->si_pid : 0))
        return clock_now() + LIST_AFTER;
    if (sigchld == NULL)
        return NEVER;
    return search != NEVER ? search : clock_now() + SEARCH_AFTER;
}

/* Until the supervisor says that all have ended; returns their exit code. */
static int serve(struct main_service *foster)
{
    int code;
    milliseconds search = NEVER;
    while (!supervisor_has_ended(&code)) {
        siginfo_t info;
        int signal = signals_wait(&info, search);
        sockets_close_copies();
        if (signal == SIGCHLD || signal == 0)
            search = reap(signal == SIGCHLD ? &info : NULL, search);
        if (foster->asked_to_stop == NEVER && signal_is_stop_request(&foster->options->map, signal))
            foster->asked_to_stop = clock_now();
        if (signal == 0)
            info = (siginfo_t){
                .si_signo = SIGCHLD}; /* of whom the search has found the supervisor is to know */
        forwarding_put(&info);
    }
    return code;
}

static int run(const struct options *options, const struct personality *name, struct plan *plan)
{
    struct main_service foster;
    main_prepare(&foster, options, name);
    if (!begin(options, plan))
        return EXIT_FOSTER_FAILED;
    int code = serve(&foster);
    foster.program.took_terminal = start_took_terminal();
    main_leave(&foster);
    relay_end(clock_now() + LAST_LINES);
    server_close();
    return code;
}

/* Dies of the signal, as its handler is reset by now; the init of a pid namespace does not
 * (pid_namespaces(7)). */
static void end_by(int signal)
{
    kill(getpid(), signal);
    _exit(EXIT_BY_SIGNAL + signal);
}

/* A check starts nothing that could be left alone, so the signals that end a command end it. */
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

int supervise_mode_run(const struct options *options, const struct personality *name)
{
    static struct plan plan;
    struct options merged =
        *options; /* what the command line does not say, the configuration may */
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
    return run(&merged, name, &plan);
}
