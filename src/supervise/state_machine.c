/*
 * state_machine.c - see state_machine.h. The table comes last; what stands in it is defined before
 * it, each a few lines.
 *
 * Nothing here waits. What takes time is a state with a deadline; the supervisor handles
 * EVENT_TIMEOUT then.
 */
#include "supervise/state_machine.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "logs/relay.h"
#include "process/run_mark.h"
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
    SECOND_DELAY = 100, /* behind a first one of 0, which cannot be doubled */
    JITTER = 8, /* a delay is longer by up to this part of it, so that not all come back at once */
    FAILURES_MOST = 60000, /* the count stops here */
    DOUBLINGS_MOST = 30,
};

static unsigned changes;
static const struct plan *plan;
static int command_stop_signal; /* 0: its own */

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
    messages_begin(plan->globals.termination_log);
    start_watch_prepare(plan, executed);
    main_process_prepare(state_machine_handle);
}

void state_machine_set_command_stop_signal(int signal)
{
    command_stop_signal = signal;
}

/* ---- from one state to the next ---- */

static void enter(struct service *service, enum state state, milliseconds duration)
{
    service->since = clock_now();
    service->deadline = duration == NEVER ? NEVER : service->since + duration;
    if (service->state != state)
        say(LOG_DEBUG, "%s is %s", service->name, state_name(state));
    service->state = (unsigned char)state;
    changes++;
}

/* ---- the start ---- */

static void wait_for_dependencies(struct service *service)
{
    service->held = false;
    enter(service, WAITING, NEVER);
}

/* By hand, or for the first time: what was before does not count. */
static void start_again(struct service *service)
{
    service->failures = 0;
    service->exec_code = 0;
    wait_for_dependencies(service);
}

bool state_machine_is_cleared(struct service *service)
{
    struct ended_run run = {start_own_pid(), service->process.pid, start_mark(service)};
    if (service->walk.signal != SIGKILL && probe_poll_stop_command(service))
        return false;
    return run.group == 0 || !run_mark_look(&run, &service->walk);
}

/* From now on by that signal. */
static bool clear_with(struct service *service, int signal)
{
    if (service->walk.signal != signal)
        service->walk = (struct run_mark_walk){.signal = (unsigned char)signal};
    return state_machine_is_cleared(service);
}

static void become_failed(struct service *service)
{
    enter(service, FAILED, NEVER);
}

static void handle_fork_error(struct service *service, int error);

static void begin_notify(struct service *service)
{
    struct notify_state *notify = service->extras->notify;
    main_process_begin(service);
    notify->watchdog = service->settings->watchdog;
    notify->watchdog_due = NEVER;
    notify->status[0] = '\0';
}

/* The watchdog's time begins when the service is ready. */
static void begin_watchdog(struct service *service)
{
    struct notify_state *notify = service_extras(service)->notify;
    if (notify != NULL && notify->watchdog != 0)
        notify->watchdog_due = clock_now() + notify->watchdog;
}

/* Its program runs. Its time to be ready has begun with the fork. */
static void begin_run(struct service *service)
{
    milliseconds until = service->deadline;
    service->exec_code = 0;
    say(LOG_INFO, "%s runs, pid %d", service->name, service->process.pid);
    if (service->settings->ready == READY_AT_ONCE) {
        enter(service, RUNNING, NEVER);
        begin_watchdog(service);
    } else {
        enter(service, STARTING, NEVER);
        service->deadline = until;
    }
    if (service_extras(service)->probe != NULL)
        probe_begin(service, service->started);
}

static void start_run(struct service *service)
{
    int report, ready_fd = service_extras(service)->probe != NULL ? probe_open_fd(service) : -1;
    service->started = clock_now();
    service->reaped = service->killed = service->unwell = service->signalled = service->timed_out =
        service->unready_end = false;
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
        begin_run(service); /* it does soon, or else its exit code says why not */
}

/* True if the last run has left something behind: its end is awaited first. */
static bool begin_clearing(struct service *service, enum afterwards afterwards)
{
    service->walk = (struct run_mark_walk){0};
    if (clear_with(service, SIGTERM))
        return false;
    service->kills = 0;
    say(LOG_INFO, "%s: ending what its last run left behind", service->name);
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

static void kill_leftovers(struct service *service)
{
    clear_with(service, SIGKILL);
    signalling_count_kill(service);
    service->deadline = clock_now() + KILL_AGAIN_MS;
}

static void become_ready(struct service *service)
{
    say(LOG_INFO, "%s is ready", service->name);
    enter(service, READY, NEVER);
    begin_watchdog(service);
    if (service_extras(service)->probe != NULL)
        probe_begin_health(service, service->since);
}

/* ---- the stop ---- */

static int stop_signal(const struct service *service)
{
    return service == plan->command && command_stop_signal != 0 ? command_stop_signal
                                                                : service->settings->stop_signal;
}

static void send_stop_signal(struct service *service)
{
    signalling_stop(service, stop_signal(service));
}

static void begin_stop(struct service *service, enum afterwards afterwards)
{
    const char *stop_command = service->settings->stop_command;
    service->afterwards = (unsigned char)afterwards;
    enter(service, STOPPING, service->settings->stop_grace_period);
    if (service_extras(service)->probe != NULL)
        probe_end(service);
    if (stop_command == NULL || !probe_run_stop_command(service, stop_command))
        send_stop_signal(service);
}

static void stop_run(struct service *service)
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

static void stop_afterwards(struct service *service)
{
    service->afterwards = STAY_STOPPED;
}

static void start_afterwards(struct service *service)
{
    service->held = false;
    service->afterwards = START_AGAIN;
}

static void become_stopped(struct service *service)
{
    enter(service, STOPPED, NEVER);
}

/* By hand a service is stopped with all that its last run has left behind. Where all are stopped,
 * what is left of them is ended afterwards, all of it together. */
static void cancel_start(struct service *service)
{
    if (service->held && service->state == CLEARING)
        stop_afterwards(service);
    else if (!service->held || !begin_clearing(service, STAY_STOPPED))
        become_stopped(service);
}

/* It has ended for good, and stays as it has ended if it has left nothing behind. */
static void clear_after_end(struct service *service)
{
    if (service->held)
        begin_clearing(service, STAY_STOPPED);
}

static void continue_after_clearing(struct service *service)
{
    if (service->afterwards == STAY_STOPPED)
        become_stopped(service);
    else
        start_run(service);
}

static void stop_unready(struct service *service)
{
    service->timed_out = true;
    messages_timeout(service, " is not ready after ", service->settings->ready_timeout,
                     ": ending it");
    stop_as_failed(service);
}

/* Also what the run left behind, and again until nothing is left. */
static void kill_run(struct service *service)
{
    if (!service->killed)
        messages_timeout(service, " has not stopped within ", clock_now() - service->since,
                         ": killing it");
    if (service_extras(service)->probe != NULL)
        probe_end(service);
    signalling_kill(service);
    if (service->reaped)
        clear_with(service, SIGKILL);
    service->deadline = clock_now() + KILL_AGAIN_MS;
}

/* ---- the end of a run ---- */

bool state_machine_is_success(const struct service *service)
{
    if (service->exec_code != 0 || !service->has_run || service->unready_end)
        return false;
    int code = wait_status_code(service->last_status);
    return exit_code_is_success(code, service == plan->command ? plan->as_success : NULL);
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

/* Nobody needs good randomness here: the clock's last digits spread what failed together. */
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

static void count_failure(struct service *service)
{
    if (service->failures < FAILURES_MOST)
        service->failures++;
}

/* A run that has been as it should be for so long is calm, and after it the count starts anew. What
 * was never ready was not calm, however long it took, nor what had to be ended. */
static void reset_failures_if_stable(struct service *service)
{
    milliseconds most = service->settings->restart_most;
    bool well = service->state == RUNNING || service->state == READY;
    if (well && clock_now() - service->since >= (most > CALM_LEAST ? most : CALM_LEAST))
        service->failures = 0;
}

/* There was no process to be had, which has been said: that is no failure of the service's, and no
 * reason to give up; but where none is ever to be had (a filter forbids it) that is final. */
static void handle_fork_error(struct service *service, int error)
{
    count_failure(service);
    service->exec_code = spawn_error_is_transient(error) ? 0 : EXIT_FOSTER_FAILED;
    if (service->exec_code == 0)
        enter(service, BACKING_OFF, restart_delay(service));
    else
        become_failed(service);
}

static bool has_failed_too_often(const struct service *service)
{
    const struct settings *settings = service->settings;
    return settings->restart == RESTART_ON_FAILURE && settings->restart_limit != 0 &&
           service->failures > settings->restart_limit;
}

/* A run has ended that should not have: as often as the settings say it is started again. */
static void restart_or_fail(struct service *service)
{
    count_failure(service);
    if (service->settings->restart == RESTART_NO) {
        messages_failure(service, "");
        become_failed(service);
    } else if (has_failed_too_often(service)) {
        messages_failure(service, "; it has failed too often and is not started again");
        become_failed(service);
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
    enter(service, DONE, NEVER);
}

static void record_end(struct service *service)
{
    int unused;
    start_watch_end(service, &unused);
    int status = 0;
    children_resolved(&service->process, &status);
    service->last_status = (unsigned short)status;
    relay_run_ended(service);
    service->has_run = true;
}

static void end_run(struct service *service)
{
    record_end(service);
    service->unready_end = service->state == STARTING;
    reset_failures_if_stable(service);
    if (service_extras(service)->probe != NULL)
        probe_end(service);
    if (state_machine_is_success(service) && service->settings->restart != RESTART_ALWAYS)
        complete(service);
    else
        restart_or_fail(service);
}

/* Its program could not be run, and the child has said why. What another try cannot change is
 * final. */
static void fail_start(struct service *service, int error)
{
    int status = 0;
    children_resolved(&service->process, &status);
    service->exec_code = (unsigned char)wait_status_code(status);
    relay_run_ended(service);
    if (spawn_error_is_transient(error) && service->settings->restart != RESTART_NO)
        restart_or_fail(service);
    else
        become_failed(service);
}

static void end_start(struct service *service)
{
    int error = 0;
    if (start_watch_end(service, &error) == SPAWN_FAILED) {
        fail_start(service, error);
        return;
    }
    begin_run(service);
    end_run(service);
}

/* It has stopped, and so has all that it left behind. */
static void finish_stop(struct service *service)
{
    if (service_extras(service)->probe != NULL)
        probe_end(service);
    switch ((enum afterwards)service->afterwards) {
    case STAY_STOPPED:
        messages_end(service, "");
        become_stopped(service);
        break;
    case START_AGAIN:
        messages_end(service, "; starting it again");
        service->restarts++;
        start_again(service);
        break;
    case COUNT_AS_FAILURE:
        restart_or_fail(service);
        break;
    }
}

static void end_stopping(struct service *service)
{
    record_end(service);
    service->walk = (struct run_mark_walk){0};
    if (clear_with(service, service->killed ? SIGKILL : SIGTERM))
        finish_stop(service);
}

/* ---- the table ---- */

typedef void reaction(struct service *service);

#define IN(state) (1U << (state))

/* What an event does in some states, and the state after it. In all others it does nothing. */
static const struct transition {
    unsigned char event;   /* enum service_event */
    unsigned short states; /* IN(...) of each */
    reaction *react;
} transitions[] = {
    /* clang-format off */
    {EVENT_START, IN(STOPPED) | IN(BACKING_OFF) | IN(DONE) | IN(FAILED), start_again}, /* WAITING */
    {EVENT_START, IN(CLEARING) | IN(STOPPING), start_afterwards}, /* the same; WAITING or FORKED after it */

    {EVENT_STOP, IN(WAITING) | IN(CLEARING) | IN(BACKING_OFF), cancel_start}, /* STOPPED; CLEARING if something is left */
    {EVENT_STOP, IN(FORKED) | IN(STARTING) | IN(RUNNING) | IN(READY), stop_run}, /* STOPPING, then STOPPED */
    {EVENT_STOP, IN(STOPPING), stop_afterwards}, /* the same, then STOPPED */
    {EVENT_STOP, IN(DONE) | IN(FAILED), clear_after_end}, /* the same; CLEARING if something is left */

    {EVENT_RESTART, IN(STOPPED) | IN(BACKING_OFF) | IN(DONE) | IN(FAILED), start_again}, /* WAITING */
    {EVENT_RESTART, IN(CLEARING) | IN(STOPPING), start_afterwards}, /* the same; WAITING or FORKED after it */
    {EVENT_RESTART, IN(FORKED) | IN(STARTING) | IN(RUNNING) | IN(READY), restart_run}, /* STOPPING, then WAITING */

    {EVENT_DEPENDENCIES_MET, IN(WAITING), clear_then_start}, /* CLEARING, FORKED; BACKING_OFF or FAILED */

    {EVENT_DEPENDENCIES_FAILED, IN(WAITING), become_failed}, /* FAILED */

    {EVENT_CLEARED, IN(CLEARING), continue_after_clearing}, /* STOPPED or FORKED, as is planned */
    {EVENT_CLEARED, IN(STOPPING), finish_stop}, /* STOPPED, WAITING, BACKING_OFF, FAILED */

    {EVENT_EXECED, IN(FORKED), begin_run}, /* STARTING or RUNNING */

    {EVENT_READY, IN(STARTING), become_ready}, /* READY */

    {EVENT_ENDED, IN(FORKED), end_start}, /* BACKING_OFF, FAILED, or as end_run */
    {EVENT_ENDED, IN(STARTING) | IN(RUNNING) | IN(READY), end_run}, /* DONE, BACKING_OFF or FAILED */
    {EVENT_ENDED, IN(STOPPING), end_stopping}, /* the same, or as finish_stop */

    {EVENT_UNHEALTHY, IN(STARTING) | IN(RUNNING) | IN(READY), stop_as_failed}, /* STOPPING, then BACKING_OFF or FAILED */

    {EVENT_TIMEOUT, IN(CLEARING), kill_leftovers}, /* the same */
    {EVENT_TIMEOUT, IN(FORKED) | IN(STARTING), stop_unready}, /* STOPPING, then BACKING_OFF or FAILED */
    {EVENT_TIMEOUT, IN(STOPPING), kill_run}, /* the same */
    {EVENT_TIMEOUT, IN(BACKING_OFF), wait_for_dependencies}, /* WAITING */

    {EVENT_STOP_COMMAND_ENDED, IN(STOPPING), send_stop_signal}, /* the same */
    /* clang-format on */
};

void state_machine_handle(struct service *service, enum service_event event)
{
    for (size_t i = 0; i < sizeof transitions / sizeof *transitions; i++) {
        if (transitions[i].event == event && (transitions[i].states & IN(service->state)) != 0) {
            transitions[i].react(service);
            return;
        }
    }
}
