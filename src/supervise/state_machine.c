/*
 * state_machine.c - see state_machine.h. The table comes last; before it the reactions that it
 * names, each a few lines, in the order of a run.
 *
 * Nothing here waits. What takes time is a state with a deadline, at which the supervisor handles
 * EVENT_TIMEOUT. A reaction enters the next state itself, as that may depend on the outcome of a
 * system call; the table lists the states that it may enter, and builds with assertions check it.
 *
 * The members of struct service that say what has happened to it are written here alone.
 */
#include "supervise/state_machine.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "logs/relay.h"
#include "process/run_mark.h"
#include "process/send_signal.h"
#include "process/signals.h"
#include "process/stop_policy.h"
#include "process/wait_status.h"
#include "supervise/main_process.h"
#include "supervise/messages.h"
#include "supervise/notify_state.h"
#include "supervise/probe.h"
#include "supervise/signalling.h"
#include "supervise/start.h"
#include "supervise/start_watch.h"

enum {
    CALM_LEAST = 10 * MS_PER_SECOND,
    SECOND_DELAY = 100,    /* after a first delay of 0, which cannot be doubled */
    JITTER = 8,            /* a delay is longer by up to this part of it: spreads the restarts */
    FAILURES_MOST = 60000, /* the count stops here */
    DOUBLINGS_MOST = 30,
    DAEMON_STARTS_MOST = 10 * MS_PER_SECOND, /* until its parent exits */
};

static unsigned changes;
static const struct plan *plan;
static int command_stop_signal; /* 0: the stop_signal of its settings */

unsigned state_machine_changes(void)
{
    return changes;
}

static void executed(struct service *service)
{
    state_machine_handle(service, EVENT_EXECED);
}

void state_machine_begin(const struct plan *all)
{
    plan = all;
    for (struct service *service = plan->services; service < plan->services + plan->count;
         service++) {
        service->since = clock_now();
        service->deadline = NEVER;
    }
    messages_begin(plan->globals.termination_log);
    start_watch_prepare(plan, executed);
    main_process_prepare(state_machine_handle);
}

void state_machine_set_command_stop_signal(int signal)
{
    command_stop_signal = signal;
}

/* ---- entering a state ---- */

static void enter(struct service *service, enum state state, milliseconds duration)
{
    service->since = clock_now();
    service->deadline = duration == NEVER ? NEVER : service->since + duration;
    if (service->state != state)
        log_line(LOG_DEBUG, "%s is %s", service->name, state_name(state));
    service->state = (unsigned char)state;
    changes++;
}

/* The next state of a stop: the time and the deadline are those of the whole stop. */
static void enter_stage(struct service *service, enum state state)
{
    service->state = (unsigned char)state;
}

static void become_failed(struct service *service)
{
    enter(service, FAILED, NEVER);
}

static void become_stopped(struct service *service)
{
    enter(service, STOPPED, NEVER);
}

static void wait_for_dependencies(struct service *service)
{
    service->stopped_by_hand = false;
    enter(service, WAITING, NEVER);
}

void state_machine_set_deadline(struct service *service, milliseconds deadline)
{
    service->deadline = deadline;
}

/* ---- failures and delays ---- */

static void count_failure(struct service *service)
{
    if (service->failures < FAILURES_MOST)
        service->failures++;
}

/* The last digits of the clock are random enough to spread the restarts. */
static milliseconds with_jitter(milliseconds delay)
{
    return delay + clock_read().tv_nsec % (delay / JITTER + 1);
}

static milliseconds restart_delay(const struct service *service)
{
    const struct settings *settings = service->settings;
    milliseconds delay = settings->restart_first;
    for (int i = 1; i < service->failures && i < DOUBLINGS_MOST && delay < settings->restart_most;
         i++)
        delay = delay == 0 ? SECOND_DELAY : delay * 2;
    return with_jitter(delay < settings->restart_most ? delay : settings->restart_most);
}

/* ---- the start ---- */

/* For the first time, or by foster ctl: earlier failures do not count. */
static void start_again(struct service *service)
{
    service->failures = 0;
    service->exec_code = 0;
    wait_for_dependencies(service);
}

static void begin_notify(struct service *service)
{
    struct notify_state *notify = service->extras->notify;
    main_process_begin(service);
    notify->watchdog = service->settings->watchdog;
    notify->watchdog_due = NEVER;
    notify->is_reload_awaited = false;
    notify->status[0] = '\0';
}

/* The time of the watchdog begins when the service is ready. */
static void begin_watchdog(struct service *service)
{
    struct notify_state *notify = service_extras(service)->notify;
    if (notify != NULL && notify->watchdog != 0)
        notify->watchdog_due = clock_now() + notify->watchdog;
}

/* When a service in STARTING is ready by ready = after, or NEVER. */
static milliseconds ready_at(const struct service *service)
{
    const struct settings *settings = service->settings;
    return settings->ready == READY_AFTER ? service->since + settings->ready_after : NEVER;
}

/* Its program runs. ready_timeout has begun with the fork; it bounds the whole run of a oneshot. */
static void begin_run(struct service *service)
{
    milliseconds deadline = service->deadline;
    service->exec_code = 0;
    log_line(LOG_INFO, "%s runs, pid %d", service->name, service->process.pid);
    if (service->settings->ready == READY_AT_ONCE) {
        enter(service, RUNNING, NEVER);
        if (service->settings->type == TYPE_ONESHOT)
            service->deadline = deadline;
        begin_watchdog(service);
    } else {
        enter(service, STARTING, NEVER);
        service->deadline = clock_earlier(deadline, ready_at(service));
    }
    probe_begin(service, service->started);
}

/* The start failed before the fork or in it, and that is logged. It is tried again, unless the
 * error is permanent (a seccomp filter forbids the fork). */
static void handle_fork_error(struct service *service, int error)
{
    count_failure(service);
    service->exec_code = spawn_error_is_transient(error) ? 0 : EXIT_FOSTER_FAILED;
    if (service->exec_code == 0)
        enter(service, BACKING_OFF, restart_delay(service));
    else
        become_failed(service);
}

static void start_run(struct service *service)
{
    int report, ready_fd = probe_open_fd(service);
    service->started = clock_now();
    service->result = RESULT_STATUS;
    service->was_signalled = false;
    if (service_extras(service)->notify != NULL)
        begin_notify(service);
    int error = start_service(service, ready_fd, &report);
    if (ready_fd != -1)
        close(ready_fd);
    if (error != 0) {
        handle_fork_error(service, error);
        return;
    }
    enter(service, FORKED, service->settings->ready_timeout);
    if (!start_watch_begin(service, report))
        begin_run(service); /* assume that the program runs; else its exit code says why not */
}

static void become_ready(struct service *service)
{
    log_line(LOG_INFO, "%s is ready", service->name);
    enter(service, READY, NEVER);
    begin_watchdog(service);
    probe_begin_health(service, service->since);
}

/* For the services that wait for it. */
static void note_health(struct service *service)
{
    (void)service;
    changes++;
}

/* ---- the remaining processes of a run ---- */

/* A stop command is left to end first, unless the service is killed: it bears the mark of the run
 * too, and may still need the remaining processes. */
bool state_machine_clear(struct service *service)
{
    struct ended_run run = {start_own_pid(), service->process.pid, start_mark(service)};
    if (service->walk.signal != SIGKILL && probe_poll_stop_command(service))
        return false;
    return run.group == 0 || !run_mark_look(&run, &service->walk);
}

/* Begins to send them SIGTERM, or goes over to SIGKILL. True if there are none. */
static bool clear_with(struct service *service, int signal)
{
    if (service->walk.signal != signal)
        service->walk = (struct run_mark_walk){.signal = (unsigned char)signal};
    return state_machine_clear(service);
}

/* False if there are none: the state stays. */
static bool begin_clearing(struct service *service, enum afterwards afterwards)
{
    service->walk = (struct run_mark_walk){0};
    if (clear_with(service, SIGTERM))
        return false;
    service->kills = 0;
    log_line(LOG_INFO, "%s: ending the remaining processes of its last run", service->name);
    milliseconds grace = service->settings->stop_grace_period;
    service->afterwards = (unsigned char)afterwards;
    enter(service, CLEARING, grace != NEVER ? grace : GRACE_DEFAULT);
    return true;
}

static void clear_then_start(struct service *service)
{
    if (!begin_clearing(service, START_AGAIN))
        start_run(service);
}

/* With the last SIGKILL foster gives up, and logs that. */
static void count_kill(struct service *service, bool was_refused)
{
    struct text line;
    if (service->kills == KILLS_MOST)
        return;
    service->kills = was_refused ? KILLS_MOST : (unsigned char)(service->kills + 1);
    if (service->kills < KILLS_MOST)
        return;
    log_begin(&line);
    signalling_append_unkillable(&line, service);
    log_end(LOG_WARNING, &line);
}

/* Sends SIGKILL every KILL_AGAIN_MS until no process remains. */
static void kill_remaining(struct service *service)
{
    clear_with(service, SIGKILL);
    count_kill(service, false);
    service->deadline = clock_now() + KILL_AGAIN_MS;
}

static void continue_after_clearing(struct service *service)
{
    if (service->afterwards == STAY_STOPPED)
        become_stopped(service);
    else
        start_run(service);
}

/* ---- the stop ---- */

static int stop_signal(const struct service *service)
{
    return service == plan->command && command_stop_signal != 0 ? command_stop_signal
                                                                : service->settings->stop_signal;
}

/* A service that cannot be signalled gets no more time than a container engine gives. */
static void signal_main_process(struct service *service)
{
    service->was_signalled = true;
    int error = signalling_stop(service, stop_signal(service));
    if (send_signal_is_refused(error))
        service->deadline = stop_deadline_refused(service->since, service->deadline);
}

static void send_stop_signal(struct service *service)
{
    enter_stage(service, STOP_SIGNAL);
    signal_main_process(service);
}

static void begin_stop(struct service *service, enum afterwards afterwards)
{
    const char *stop_command = service->settings->stop_command;
    service->afterwards = (unsigned char)afterwards;
    service->kills = 0;
    enter(service, STOP_COMMAND, service->settings->stop_grace_period);
    probe_end(service);
    if (stop_command == NULL || !probe_run_stop_command(service, stop_command))
        send_stop_signal(service);
}

static void shut_down_run(struct service *service)
{
    begin_stop(service, STAY_STOPPED);
}

static void restart_run(struct service *service)
{
    begin_stop(service, START_AGAIN);
}

static void stop_as_failed(struct service *service)
{
    begin_stop(service, COUNT_AS_FAILURE);
}

static void stop_unhealthy(struct service *service)
{
    service->result = RESULT_UNHEALTHY;
    stop_as_failed(service);
}

static void stop_unready(struct service *service)
{
    service->result = RESULT_TIMEOUT;
    messages_timeout(service,
                     service->settings->type == TYPE_ONESHOT ? " has not ended after "
                                                             : " is not ready after ",
                     service->settings->ready_timeout, ": stopping it");
    stop_as_failed(service);
}

static void time_out_start(struct service *service)
{
    if (clock_now() >= ready_at(service))
        become_ready(service);
    else
        stop_unready(service);
}

static void start_afterwards(struct service *service)
{
    service->stopped_by_hand = false;
    service->afterwards = START_AGAIN;
}

static void stay_stopped(struct service *service)
{
    service->afterwards = STAY_STOPPED;
}

/* ---- a oneshot that is undone ---- */

/* Its stop command is waited for as at the end of a stop, and the remaining processes of its run
 * are ended after it. Where the command cannot be run, which is logged, they are ended at once. */
static void undo(struct service *service, enum afterwards afterwards)
{
    service->afterwards = (unsigned char)afterwards;
    service->kills = 0;
    service->walk = (struct run_mark_walk){.signal = SIGTERM};
    enter(service, STOP_CLEARING, service->settings->stop_grace_period);
    probe_run_stop_command(service, service->settings->stop_command);
}

static void shut_down_ended(struct service *service)
{
    if (service_is_to_be_undone(service))
        undo(service, STAY_STOPPED);
}

static void restart_ended(struct service *service)
{
    if (service_is_to_be_undone(service))
        undo(service, START_AGAIN);
    else
        start_again(service);
}

/* ---- a stop by foster ctl ---- */

/* Until it is started again foster does not end, though all other services may have ended. */
static void keep_stopped(struct service *service)
{
    service->stopped_by_hand = true;
}

static void stop_run(struct service *service)
{
    keep_stopped(service);
    begin_stop(service, STAY_STOPPED);
}

static void stop_afterwards(struct service *service)
{
    keep_stopped(service);
    stay_stopped(service);
}

/* It has ended for good: the state stays if no process remains, unless it would be started again.
 */
static void stop_ended(struct service *service)
{
    keep_stopped(service);
    if (service_is_to_be_undone(service))
        undo(service, STAY_STOPPED);
    else if (!begin_clearing(service, STAY_STOPPED) && service->settings->every != 0)
        become_stopped(service);
}

/* At a shutdown that takes no time: the remaining processes of all services are ended together when
 * all have stopped, process/terminate_all.h. */
static void stop_waiting(struct service *service)
{
    keep_stopped(service);
    if (!begin_clearing(service, STAY_STOPPED))
        become_stopped(service);
}

/* ---- the kill ---- */

/* A stop command is killed as well. */
static void kill_run(struct service *service)
{
    enter_stage(service, STOP_KILL);
    probe_end(service);
    service->was_signalled = true;
    bool was_refused =
        service->kills < KILLS_MOST && send_signal_is_refused(signalling_kill(service));
    count_kill(service, was_refused);
    service->deadline = clock_now() + KILL_AGAIN_MS;
}

static void log_stop_timeout(struct service *service)
{
    messages_timeout(service, " has not stopped within ", clock_now() - service->since,
                     ": killing it");
}

static void time_out_stop(struct service *service)
{
    log_stop_timeout(service);
    kill_run(service);
}

static void kill_stopped(struct service *service)
{
    service->was_signalled = true;
    probe_end(service);
    kill_remaining(service);
}

static void time_out_stop_clearing(struct service *service)
{
    if (service->kills == 0)
        log_stop_timeout(service);
    kill_stopped(service);
}

/* ---- a program that goes into the background ---- */

/* One turn of a search, and no more: where a container has more processes than that, nothing is
 * found. */
static bool has_left_processes(struct service *service)
{
    struct ended_run run = {start_own_pid(), service->process.pid, start_mark(service)};
    struct run_mark_walk search = {0};
    return !probe_has_process(service) && run_mark_look(&run, &search) && search.at == 0;
}

/* Its parent exits with 0 once it has begun. To be called at the first end of a service: each
 * restart ends the process that has gone there, and makes another one. A oneshot may leave
 * processes. */
static void look_for_background(struct service *service)
{
    if (service->settings->type == TYPE_SERVICE && service->last_status == 0 &&
        clock_now() - service->started < DAEMON_STARTS_MOST && has_left_processes(service))
        messages_background(service);
}

/* ---- the end of a run ---- */

bool state_machine_is_success(const struct service *service)
{
    if (service->exec_code != 0 || !service->has_run || service->result == RESULT_PROTOCOL)
        return false;
    return wait_status_code_is_success(wait_status_code(service->last_status),
                                       service->settings->as_success);
}

int state_machine_exit_code(const struct service *service)
{
    if (service->exec_code != 0)
        return service->exec_code;
    if (!service->has_run)
        return EXIT_FOSTER_FAILED;
    if (state_machine_is_success(service))
        return service->state == FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
    int code = wait_status_code(service->last_status);
    return code != EXIT_SUCCESS ? code : EXIT_FAILURE; /* it was not ready */
}

/* After a run that was ready for so long the count of failures begins anew. A run that was never
 * ready, and one that foster had to stop, does not count as stable, however long it took. */
static void reset_failures_if_stable(struct service *service)
{
    milliseconds most = service->settings->restart_most;
    milliseconds least = most > CALM_LEAST ? most : CALM_LEAST;
    if (service_is_ready(service) && clock_now() - service->since >= least)
        service->failures = 0;
}

static bool has_failed_too_often(const struct service *service)
{
    const struct settings *settings = service->settings;
    return settings->restart == RESTART_ON_FAILURE && settings->restart_limit != 0 &&
           service->failures > settings->restart_limit;
}

/* Its run has ended, well or not, and no restart follows. */
static void enter_end(struct service *service, enum state state)
{
    milliseconds every = service->settings->every;
    enter(service, state, NEVER);
    if (every != 0)
        service->deadline = service->started + every;
}

/* A run has ended that should not have: the restart policy decides. */
static void restart_or_fail(struct service *service)
{
    count_failure(service);
    if (service->settings->restart == RESTART_NO) {
        messages_failure(service, "");
        enter_end(service, FAILED);
    } else if (has_failed_too_often(service)) {
        messages_failure(service, "; it has failed too often and is not started again");
        enter_end(service, FAILED);
    } else {
        milliseconds delay = restart_delay(service);
        messages_restart(service, state_machine_is_success(service) ? LOG_INFO : LOG_WARNING,
                         delay);
        service->restarts++;
        enter(service, BACKING_OFF, delay);
    }
}

static void complete(struct service *service)
{
    messages_end(service, "");
    enter_end(service, DONE);
}

static void record_end(struct service *service)
{
    struct spawn_failure unused;
    start_watch_end(service, &unused);
    int status = 0;
    children_resolved(&service->process, &status);
    service->last_status = (unsigned short)status;
    relay_run_ended(service);
    service->has_run = true;
}

static void go_by_status(struct service *service)
{
    if (state_machine_is_success(service) && service->settings->restart != RESTART_ALWAYS)
        complete(service);
    else
        restart_or_fail(service);
}

/* The end of a run that was not stopped by foster has begun. */
static void judge_run(struct service *service)
{
    if (service->state == STARTING)
        service->result = RESULT_PROTOCOL;
    reset_failures_if_stable(service);
    probe_end(service);
}

static void end_run(struct service *service)
{
    bool is_first = !service->has_run;
    record_end(service);
    if (is_first)
        look_for_background(service);
    judge_run(service);
    go_by_status(service);
}

/* It stops by itself: it has the time of a stop for that, and is sent no signal. */
static void begin_own_stop(struct service *service)
{
    judge_run(service);
    log_line(LOG_INFO, "%s stops by itself", service->name);
    service->afterwards = GO_BY_STATUS;
    service->kills = 0;
    enter(service, STOP_SIGNAL, service->settings->stop_grace_period);
}

/* Its program could not be executed, which the child has logged. An error that another attempt
 * cannot change is final. */
static void fail_start(struct service *service, const struct spawn_failure *failure)
{
    int status = 0;
    children_resolved(&service->process, &status);
    service->exec_code = (unsigned char)wait_status_code(status);
    service->result = (unsigned char)(RESULT_STEPS + failure->step);
    relay_run_ended(service);
    if (spawn_error_is_transient(failure->error) && service->settings->restart != RESTART_NO)
        restart_or_fail(service);
    else
        become_failed(service);
}

static void end_start(struct service *service)
{
    struct spawn_failure failure;
    if (start_watch_end(service, &failure) == SPAWN_FAILED) {
        fail_start(service, &failure);
        return;
    }
    begin_run(service);
    end_run(service);
}

static void finish_and_stay_stopped(struct service *service)
{
    messages_end(service, "");
    become_stopped(service);
}

static void finish_and_start_again(struct service *service)
{
    messages_end(service, "; starting it again");
    service->restarts++;
    start_again(service);
}

/* All processes of the run have ended. */
static void finish_stop(struct service *service)
{
    static void (*const finish[])(struct service * service) = {
        [STAY_STOPPED] = finish_and_stay_stopped,
        [START_AGAIN] = finish_and_start_again,
        [COUNT_AS_FAILURE] = restart_or_fail,
        [GO_BY_STATUS] = go_by_status,
    };
    probe_end(service);
    finish[service->afterwards](service);
}

static void clear_after_stop(struct service *service, int signal)
{
    record_end(service);
    enter_stage(service, STOP_CLEARING);
    service->walk = (struct run_mark_walk){0};
    if (clear_with(service, signal))
        finish_stop(service);
}

static void end_stopping(struct service *service)
{
    clear_after_stop(service, SIGTERM);
}

static void end_killing(struct service *service)
{
    clear_after_stop(service, SIGKILL);
}

/* ---- a reload ---- */

/* The deadline of the run of a oneshot goes on. */
static void enter_within_run(struct service *service, enum state state)
{
    milliseconds deadline = service->deadline;
    enter(service, state, NEVER);
    service->deadline = deadline;
}

/* The time since which it is ready goes on, so that a service that reloads often counts as stable.
 */
static void begin_reload(struct service *service)
{
    struct notify_state *notify = service_extras(service)->notify;
    if (notify != NULL)
        notify->ready_since = service->since;
    reset_failures_if_stable(service);
    log_line(LOG_INFO, "%s is reloading", service->name);
    enter_within_run(service, RELOADING);
}

static void end_reload(struct service *service)
{
    const struct notify_state *notify = service_extras(service)->notify;
    log_line(LOG_INFO, "%s has reloaded", service->name);
    enter_within_run(service, service->settings->ready == READY_AT_ONCE ? RUNNING : READY);
    if (notify != NULL)
        service->since = notify->ready_since;
}

/* ---- the table ---- */

typedef void reaction(struct service *service);

#define IN(state) (1U << (state))

enum {
    SAME = IN(STATES), /* among the next states: the state stays */
    UNDONE = IN(STOPPED) | IN(BACKING_OFF) | IN(FAILED),
    AT_REST = UNDONE | IN(DONE),
    UP = IN(RUNNING) | IN(READY) | IN(RELOADING),
    RUN = IN(STARTING) | UP,
    STOP = IN(STOP_COMMAND) | IN(STOP_SIGNAL), /* how each stop begins */
    STOPS = STOP | IN(STOP_KILL) | IN(STOP_CLEARING),
    STARTED = IN(FORKED) | IN(STARTING) | IN(RUNNING) | IN(BACKING_OFF) | IN(FAILED),
    OVER = IN(BACKING_OFF) | IN(DONE) | IN(FAILED),
    ENDED_STOP = IN(CLEARING) | IN(STOP_CLEARING) | IN(STOPPED),
    FINISHED = IN(STOPPED) | IN(WAITING) | OVER, /* by `afterwards` */
};

/*
 * Each pair of an event and a state: the states that may follow, and the reaction. Pairs in which
 * nothing happens are listed in comments. tests/states.py checks that none is missing or stands
 * twice, and that tests/unit/test_state_machine.c has the same rows; it makes the table in
 * docs/ARCHITECTURE.md.
 */
static const struct transition {
    unsigned char event;   /* enum service_event */
    unsigned short states; /* IN(...) of each */
    unsigned short next;   /* IN(...) of each that may follow, or SAME */
    reaction *react;
} transitions[] = {
    /* clang-format off */
    {EVENT_START, AT_REST,              IN(WAITING), start_again},
    {EVENT_START, IN(CLEARING) | STOPS, SAME,        start_afterwards},
    /* EVENT_START, IN(WAITING) | IN(FORKED) | RUN: nothing */

    {EVENT_STOP, IN(STOPPED),                   SAME,                       keep_stopped},
    {EVENT_STOP, IN(WAITING) | IN(BACKING_OFF), IN(STOPPED) | IN(CLEARING), stop_waiting},
    {EVENT_STOP, IN(CLEARING) | STOPS,          SAME,                       stop_afterwards},
    {EVENT_STOP, IN(FORKED) | RUN,              STOP,                       stop_run},
    {EVENT_STOP, IN(DONE) | IN(FAILED),         SAME | ENDED_STOP,          stop_ended},

    {EVENT_RESTART, UNDONE,               IN(WAITING),                     start_again},
    {EVENT_RESTART, IN(DONE),             IN(WAITING) | IN(STOP_CLEARING), restart_ended},
    {EVENT_RESTART, IN(CLEARING) | STOPS, SAME,                            start_afterwards},
    {EVENT_RESTART, IN(FORKED) | RUN,     STOP,                            restart_run},
    /* EVENT_RESTART, IN(WAITING): nothing */

    {EVENT_SHUTDOWN, IN(WAITING) | IN(CLEARING) | IN(BACKING_OFF),  IN(STOPPED),              become_stopped},
    {EVENT_SHUTDOWN, IN(FORKED) | RUN,                              STOP,                     shut_down_run},
    {EVENT_SHUTDOWN, STOPS,                                         SAME,                     stay_stopped},
    {EVENT_SHUTDOWN, IN(DONE),                                      SAME | IN(STOP_CLEARING), shut_down_ended},
    /* EVENT_SHUTDOWN, IN(STOPPED) | IN(FAILED): nothing */

    {EVENT_DEPENDENCIES_MET, IN(WAITING), IN(CLEARING) | STARTED, clear_then_start},
    /* EVENT_DEPENDENCIES_MET, any other: nothing */

    {EVENT_DEPENDENCIES_FAILED, IN(WAITING), IN(FAILED), become_failed},
    /* EVENT_DEPENDENCIES_FAILED, any other: nothing */

    {EVENT_CLEARED, IN(CLEARING),      IN(STOPPED) | STARTED, continue_after_clearing},
    {EVENT_CLEARED, IN(STOP_CLEARING), FINISHED,              finish_stop},
    /* EVENT_CLEARED, any other: nothing */

    {EVENT_EXECED, IN(FORKED), IN(STARTING) | IN(RUNNING), begin_run},
    /* EVENT_EXECED, any other: nothing */

    {EVENT_READY, IN(STARTING),  IN(READY),               become_ready},
    {EVENT_READY, IN(RELOADING), IN(RUNNING) | IN(READY), end_reload},
    /* EVENT_READY, any other: nothing */

    {EVENT_RELOADING, IN(RUNNING) | IN(READY), IN(RELOADING), begin_reload},
    /* EVENT_RELOADING, any other: nothing */

    {EVENT_STOPPING, RUN, IN(STOP_SIGNAL), begin_own_stop},
    /* EVENT_STOPPING, any other: nothing */

    {EVENT_HEALTHY, UP, SAME, note_health},
    /* EVENT_HEALTHY, any other: nothing */

    {EVENT_ENDED, IN(FORKED),                         OVER,                         end_start},
    {EVENT_ENDED, IN(STARTING),                       IN(BACKING_OFF) | IN(FAILED), end_run},
    {EVENT_ENDED, UP,                                 OVER,                         end_run},
    {EVENT_ENDED, IN(STOP_COMMAND) | IN(STOP_SIGNAL), IN(STOP_CLEARING) | FINISHED, end_stopping},
    {EVENT_ENDED, IN(STOP_KILL),                      IN(STOP_CLEARING) | FINISHED, end_killing},
    /* EVENT_ENDED, any other: nothing */

    {EVENT_UNHEALTHY, RUN, STOP, stop_unhealthy},
    /* EVENT_UNHEALTHY, any other: nothing */

    {EVENT_TIMEOUT, IN(CLEARING),                             SAME,             kill_remaining},
    {EVENT_TIMEOUT, IN(FORKED) | IN(RUNNING) | IN(RELOADING), STOP,             stop_unready},
    {EVENT_TIMEOUT, IN(STARTING),                             IN(READY) | STOP, time_out_start},
    {EVENT_TIMEOUT, IN(STOP_COMMAND) | IN(STOP_SIGNAL),       IN(STOP_KILL),    time_out_stop},
    {EVENT_TIMEOUT, IN(STOP_KILL),                            SAME,             kill_run},
    {EVENT_TIMEOUT, IN(STOP_CLEARING),                        SAME,             time_out_stop_clearing},
    {EVENT_TIMEOUT, IN(BACKING_OFF),                          IN(WAITING),      wait_for_dependencies},
    {EVENT_TIMEOUT, IN(DONE) | IN(FAILED),                    IN(WAITING),      start_again},
    /* EVENT_TIMEOUT, any other: nothing */

    {EVENT_SHUTDOWN_TIMEOUT, IN(STOP_COMMAND) | IN(STOP_SIGNAL), IN(STOP_KILL), kill_run},
    {EVENT_SHUTDOWN_TIMEOUT, IN(STOP_CLEARING),                  SAME,          kill_stopped},
    /* EVENT_SHUTDOWN_TIMEOUT, any other: nothing */

    {EVENT_STOP_COMMAND_ENDED, IN(STOP_COMMAND), IN(STOP_SIGNAL), send_stop_signal},
    /* EVENT_STOP_COMMAND_ENDED, any other: nothing */

    {EVENT_MAIN_PROCESS_CHANGED, IN(STOP_SIGNAL) | IN(STOP_KILL), SAME, signal_main_process},
    /* EVENT_MAIN_PROCESS_CHANGED, any other: nothing */

    {EVENT_MAIN_PROCESS_LOST, RUN,                             STOP, stop_as_failed},
    {EVENT_MAIN_PROCESS_LOST, IN(STOP_SIGNAL) | IN(STOP_KILL), SAME, signal_main_process},
    /* EVENT_MAIN_PROCESS_LOST, any other: nothing */

    /* To come: DISABLED, the state of a service with `enabled = no`. No event does anything in it,
     * and each condition of a depends_on that names such a service is met. */
    /* clang-format on */
};

void state_machine_handle(struct service *service, enum service_event event)
{
    const unsigned before = service->state;
    for (size_t i = 0; i < sizeof transitions / sizeof *transitions; i++) {
        const struct transition *transition = &transitions[i];
        if (transition->event != event || (transition->states & IN(before)) == 0)
            continue;
        transition->react(service);
        assert((transition->next & IN(service->state)) != 0 ||
               (service->state == before && (transition->next & SAME) != 0));
        return;
    }
}
