/*
 * single.c - see single.h.
 *
 * The order matters. Before main is started we may fail, and say so with an exit code. From then on nothing may end us
 * but main's end: when PID 1 leaves, the kernel kills the container. Descriptors are closed and the directory is left
 * only after the start, because main inherits both.
 */
#include "single.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "children/foster.h"
#include "process/death.h"
#include "process/descriptors.h"
#include "process/exec_error.h"
#include "process/fork_error.h"
#include "process/spawn.h"
#include "process/status.h"
#include "process/survivors.h"
#include "process/terminal.h"

enum {
    INIT = 1,
    /* Engines give a container 10 s from the signal to stop until they kill it. Main may need more, and then its engine
     * was told so; what we add stays within, unless the user says how much. */
    ENGINE_TIMEOUT = 10 * MS_PER_SECOND,
    STOP_BUDGET = 9 * MS_PER_SECOND,
};

struct single {
    const struct options *options;
    pid_t self;
    struct program program;
    struct promise main;
    milliseconds started;
    milliseconds asked_to_stop; /* when INT, QUIT or TERM first came, or NEVER */
    bool killed;                /* main had its time, and was killed for it */
    uint64_t sent;              /* the signals that main got from us, a bit each */
};

/* ---- before the start ---- */

/* In the reaper, under the lock; async-signal-safe. */
static void say_orphan(pid_t pid, int status)
{
    struct text line;
    log_begin(&line);
    text_add(&line, "reaped orphan pid ", DECIMAL(pid), ", which ");
    text_add_status(&line, status);
    log_end(LOG_WARNING, &line);
}

/* Returns foster's own pid. gettid, because musl remembers it and the main thread's is the process's. */
static pid_t prepare(const struct options *options)
{
    pid_t self = gettid();
    log_set_level(options->verbosity);
    if (options->say_orphans)
        children_watch_orphans(say_orphan);
    if (self != INIT && prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
        say(LOG_WARNING, "cannot adopt orphans here, they go to PID 1: ", strerror(errno));
    if (options->parent_death_signal != 0)
        prctl(PR_SET_PDEATHSIG, options->parent_death_signal);
    return self;
}

/* Lets go of what was meant for main: open files, a directory that somebody will want to unmount. */
static void settle(void)
{
    descriptors_close_from(STDERR_FILENO + 1);
    if (chdir("/") == -1)
        say(LOG_INFO, "stays in its directory: ", strerror(errno));
}

/* ---- the start ---- */

static int start_failed(const struct single *single, int error)
{
    const char *name = single->program.argv[0];
    int code = EXIT_FOSTER_FAILED;
    struct text line;
    log_begin(&line);
    text_add(&line, "cannot run ");
    if (single->program.error != 0) {
        code = exec_explain(&line, name, error);
    } else {
        text_add(&line, name, ": ");
        fork_explain(&line, error);
    }
    log_end(LOG_ERROR, &line);
    termination_log_write(single->options->termination_log, &line);
    return code;
}

static int start(struct single *single)
{
    const struct options *options = single->options;
    single->program = (struct program){
        .argv = options->command,
        .placement = options->own_session ? IN_OWN_SESSION : IN_OWN_GROUP,
        .parent_death_signal = options->parent_death_signal,
        .parent = single->self,
    };
    if (options->own_session)
        terminal_release();
    int error = children_spawn(&single->main, program_start, &single->program);
    single->started = clock_now();
    if (error == 0)
        say(LOG_INFO, "main is ", single->program.argv[0], ", pid ", DECIMAL(single->main.pid));
    return error;
}

/* ---- while main runs ---- */

static void say_sent(int signal, int error)
{
    if (!log_wants(LOG_DEBUG))
        return;
    struct text line;
    log_begin(&line);
    text_add(&line, error == 0 ? "sent main " : "could not send main ");
    text_add_signal(&line, signal);
    log_end(LOG_DEBUG, &line);
}

static void send_main(struct single *single, int signal)
{
    enum children_reach reach = single->options->to_group ? REACH_GROUP : REACH_CHILD;
    single->sent |= 1ULL << (signal - 1);
    say_sent(signal, children_signal(&single->main, signal, reach));
}

/* A value goes to main alone: the kernel queues values for processes, not for groups. */
static void queue_main(struct single *single, int signal, siginfo_t *info)
{
    single->sent |= 1ULL << (signal - 1);
    info->si_signo = signal;
    say_sent(signal, children_queue(&single->main, signal, info));
}

/* A stopped process takes no signal but KILL until it is continued, and whoever stopped it may be gone. The state is
 * looked at, not collected: nobody else waits for it. */
static void continue_main(struct single *single)
{
    siginfo_t stop = {0};
    if (waitid(P_PID, (id_t)single->main.pid, &stop, WSTOPPED | WNOHANG | WNOWAIT) == 0 && stop.si_pid != 0)
        send_main(single, SIGCONT);
}

static void forward(struct single *single, siginfo_t *info)
{
    int came = info->si_signo, signal = signal_map_apply(&single->options->map, came);
    if (signal == 0)
        return;
    if (info->si_code == SI_QUEUE && !single->options->to_group)
        queue_main(single, signal, info);
    else
        send_main(single, signal);
    if (signal_asks_to_stop(came) && single->asked_to_stop == NEVER)
        single->asked_to_stop = clock_now();
}

/* When main has had all the time it was given, from the signal to stop on. */
static milliseconds stop_deadline(const struct single *single)
{
    bool limited = single->asked_to_stop != NEVER && single->options->stop_timeout != NEVER;
    return limited && !single->killed ? single->asked_to_stop + single->options->stop_timeout : NEVER;
}

static void kill_all(struct single *single)
{
    struct text line;
    log_begin(&line);
    text_add(&line, "killing main, which has not stopped within ");
    text_add_duration(&line, single->options->stop_timeout);
    log_end(LOG_WARNING, &line);
    single->killed = true;
    send_main(single, SIGKILL);
    survivors_signal(single->self, SIGKILL);
}

/* Until main is reaped; returns its wait status. */
static int serve(struct single *single)
{
    int status;
    while (!promise_resolved(&single->main, &status)) {
        siginfo_t info;
        int signal = signals_wait(&info, stop_deadline(single));
        if (signal == SIGCHLD)
            children_sigchld();
        else if (signal != 0)
            forward(single, &info);
        else
            kill_all(single);
        if (single->asked_to_stop != NEVER)
            continue_main(single);
    }
    return status;
}

/* ---- the end ---- */

static milliseconds grace(const struct single *single)
{
    milliseconds given = single->options->grace;
    if (single->options->grace_is_given || single->asked_to_stop == NEVER)
        return given;
    milliseconds used = clock_now() - single->asked_to_stop;
    if (used >= ENGINE_TIMEOUT)
        return given;
    milliseconds left = used < STOP_BUDGET ? STOP_BUDGET - used : 0;
    return left < given ? left : given;
}

static void end_survivors(const struct single *single)
{
    if (single->options->grace != 0)
        survivors_end(single->self, grace(single));
}

/* True if main was killed by a signal that it had from us, or from the keys of the terminal that was handed to it. */
static bool was_sent_its_death(const struct single *single, int status)
{
    if (!WIFSIGNALED(status))
        return false;
    int signal = WTERMSIG(status);
    bool from_keys = single->program.took_terminal && (signal == SIGINT || signal == SIGQUIT || signal == SIGHUP);
    return from_keys || (single->sent >> (signal - 1) & 1) != 0;
}

static void say_death(const struct single *single, int status, bool expected)
{
    enum log_level level = WIFSIGNALED(status) && !expected ? LOG_WARNING : LOG_INFO;
    if (expected && !log_wants(level))
        return;
    struct death death = {
        .name = single->program.argv[0],
        .pid = single->main.pid,
        .status = status,
        .lifetime = clock_now() - single->started,
        .expected = expected,
    };
    struct text line;
    log_begin(&line);
    text_add_death(&line, &death);
    log_end(level, &line);
    if (!expected)
        termination_log_write(single->options->termination_log, &line);
}

/* Says how main ended, if that is worth saying, and returns foster's exit code. */
static int report(const struct single *single, int status)
{
    int code = status_code(status);
    bool success = code == EXIT_SUCCESS || options_as_success(single->options, code);
    say_death(single, status, success || was_sent_its_death(single, status));
    return success ? EXIT_SUCCESS : code;
}

int single_run(const struct options *options)
{
    struct single single = {.options = options, .asked_to_stop = NEVER};
    single.self = prepare(options);
    int error = start(&single);
    if (error != 0)
        return start_failed(&single, error);
    /* From here on nothing may end us but main's end. */
    settle();
    int status = serve(&single);
    int code = report(&single, status);
    end_survivors(&single);
    if (single.program.took_terminal && single.self != INIT)
        terminal_take();
    return code;
}

int single_pause(const struct options *options)
{
    struct single single = {.options = options, .asked_to_stop = NEVER};
    siginfo_t info;
    int signal;
    single.self = prepare(options);
    settle();
    while (!signal_asks_to_stop(signal = signals_wait(&info, NEVER)))
        if (signal == SIGCHLD)
            children_sigchld();
    end_survivors(&single);
    return EXIT_SUCCESS;
}
