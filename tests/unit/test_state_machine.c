/*
 * test_state_machine.c - the table of states and events, each pair of them, and what the reactions
 * do beside the change of state.
 *
 * No program is started: the wrapped functions play starts, signals and the end of processes, and
 * record them.
 */
#include "supervise/state_machine.h"

#include "base/log.h"
#include "process/run_mark.h"
#include "process/wait_status.h"
#include "supervise/notify_state.h"
#include "supervise/probe.h"
#include "supervise/signalling.h"
#include "supervise/start.h"
#include "supervise/start_watch.h"

#include "kit.h"

enum {
    PID = 4711,
    OTHER_PID = 4712,
    MARK = 1,
    REPORT = 77,
    FIRST = 100,
    MOST = 1600,
    CALM = 10000,
    GRACE = 5000,
    KILL_AGAIN = 100
};

/* ---- the functions that state_machine.c calls ---- */

static int run_error, runs;
static enum spawn_result result; /* for a start whose process has ended */
static int result_error;
static bool watched; /* whether a start can be */
static void (*tell_executed)(struct service *service);
static bool process_remains, stop_command_runs;
static int last_status;
static int sent[16], sent_count;
static milliseconds now;

int __wrap_start_service(struct service *service, int ready_fd, int *report);
int __wrap_start_service(struct service *service, int ready_fd, int *report)
{
    (void)ready_fd;
    runs++;
    *report = REPORT;
    service->process.pid = PID;
    return run_error;
}

void __wrap_start_watch_prepare(const struct plan *plan, void (*executed)(struct service *service));
void __wrap_start_watch_prepare(const struct plan *plan, void (*executed)(struct service *service))
{
    (void)plan;
    tell_executed = executed;
}

bool __wrap_start_watch_begin(struct service *service, int report);
bool __wrap_start_watch_begin(struct service *service, int report)
{
    (void)service;
    ck_assert_int_eq(report, REPORT);
    return watched;
}

enum spawn_result __wrap_start_watch_end(struct service *service, struct spawn_failure *failure);
enum spawn_result __wrap_start_watch_end(struct service *service, struct spawn_failure *failure)
{
    (void)service;
    *failure = (struct spawn_failure){result_error, 0};
    return result;
}

unsigned __wrap_start_mark(const struct service *service);
unsigned __wrap_start_mark(const struct service *service)
{
    (void)service;
    return MARK;
}

bool __wrap_run_mark_look(struct ended_run *run, struct run_mark_walk *walk);
bool __wrap_run_mark_look(struct ended_run *run, struct run_mark_walk *walk)
{
    (void)walk;
    ck_assert_int_eq(run->group, PID);
    ck_assert_uint_eq(run->mark, MARK);
    return process_remains;
}

int __wrap_children_signal(struct promise *child, int signal, enum children_reach reach);
int __wrap_children_signal(struct promise *child, int signal, enum children_reach reach)
{
    (void)child, (void)reach;
    if (signal != 0)
        sent[sent_count++] = signal;
    return 0;
}

bool __wrap_children_resolved(struct promise *promise, int *status);
bool __wrap_children_resolved(struct promise *promise, int *status)
{
    (void)promise;
    if (status != NULL)
        *status = last_status;
    return true;
}

bool __wrap_wait_status_is_stopped(pid_t child);
bool __wrap_wait_status_is_stopped(pid_t child)
{
    return child == OTHER_PID;
}

bool __wrap_probe_run_stop_command(struct service *of, const char *command);
bool __wrap_probe_run_stop_command(struct service *of, const char *command)
{
    (void)of, (void)command;
    stop_command_runs = true;
    return true;
}

bool __wrap_probe_poll_stop_command(const struct service *of);
bool __wrap_probe_poll_stop_command(const struct service *of)
{
    (void)of;
    return stop_command_runs;
}

milliseconds __wrap_clock_now(void);
milliseconds __wrap_clock_now(void)
{
    return now;
}

/* ---- a service ---- */

static struct settings settings;
static struct service service;
static struct plan plan;

static int wait_status(int code)
{
    return W_EXITCODE(code, 0);
}

static void set_up(enum state state)
{
    settings = (struct settings){.restart_first = FIRST,
                                 .restart_most = MOST,
                                 .stop_grace_period = GRACE,
                                 .ready_timeout = GRACE,
                                 .stop_signal = SIGQUIT};
    service =
        (struct service){.name = "web", .settings = &settings, .has_run = true, .process.pid = PID};
    plan = (struct plan){.services = &service, .count = 1};
    run_error = runs = sent_count = last_status = result_error = 0;
    result = SPAWN_DONE;
    watched = true;
    process_remains = stop_command_runs = false;
    now = 1000000;
    service.state = (unsigned char)state;
    service.afterwards = state == CLEARING ? START_AGAIN : STAY_STOPPED;
    service.started = now - 1;
    service.deadline = NEVER;
    state_machine_begin(&plan);
    state_machine_set_command_stop_signal(0);
    hear_stderr();
}

/* ---- the tests ---- */

#define IN(state) (1U << (state))

enum {
    SAME = STATES,
    UNDONE = IN(STOPPED) | IN(BACKING_OFF) | IN(FAILED),
    AT_REST = UNDONE | IN(DONE),
    UP = IN(RUNNING) | IN(READY) | IN(RELOADING),
    RUN = IN(STARTING) | UP,
    STOPS = IN(STOP_COMMAND) | IN(STOP_SIGNAL) | IN(STOP_KILL) | IN(STOP_CLEARING),
};

/*
 * The rows of the table in state_machine.c, in its order; tests/states.py looks. All of them for a
 * service with restart = no whose process has ended with 0. It is seen twice: as a plain one, and
 * as one that has a stop command, and a process that remains of its last run. What is not here does
 * nothing.
 */
static const struct expectation {
    enum service_event event;
    unsigned states;
    unsigned plain, laden; /* the state after it */
} expectations[] = {
    /* clang-format off */
    {EVENT_START, AT_REST,              WAITING, WAITING},
    {EVENT_START, IN(CLEARING) | STOPS, SAME,    SAME},

    {EVENT_STOP, IN(STOPPED),                   SAME,        SAME},
    {EVENT_STOP, IN(WAITING) | IN(BACKING_OFF), STOPPED,     CLEARING},
    {EVENT_STOP, IN(CLEARING) | STOPS,          SAME,        SAME},
    {EVENT_STOP, IN(FORKED) | RUN,              STOP_SIGNAL, STOP_COMMAND},
    {EVENT_STOP, IN(DONE) | IN(FAILED),         SAME,        CLEARING},

    {EVENT_RESTART, UNDONE,               WAITING,     WAITING},
    {EVENT_RESTART, IN(DONE),             WAITING,     WAITING},
    {EVENT_RESTART, IN(CLEARING) | STOPS, SAME,        SAME},
    {EVENT_RESTART, IN(FORKED) | RUN,     STOP_SIGNAL, STOP_COMMAND},

    {EVENT_SHUTDOWN, IN(WAITING) | IN(CLEARING) | IN(BACKING_OFF), STOPPED,     STOPPED},
    {EVENT_SHUTDOWN, IN(FORKED) | RUN,                             STOP_SIGNAL, STOP_COMMAND},
    {EVENT_SHUTDOWN, STOPS,                                        SAME,        SAME},
    {EVENT_SHUTDOWN, IN(DONE),                                     SAME,        SAME},

    {EVENT_DEPENDENCIES_MET, IN(WAITING), FORKED, CLEARING},

    {EVENT_DEPENDENCIES_FAILED, IN(WAITING), FAILED, FAILED},

    {EVENT_CLEARED, IN(CLEARING),      FORKED,  FORKED},
    {EVENT_CLEARED, IN(STOP_CLEARING), STOPPED, STOPPED},

    {EVENT_EXECED, IN(FORKED), RUNNING, RUNNING},

    {EVENT_READY, IN(STARTING),  READY,   READY},
    {EVENT_READY, IN(RELOADING), RUNNING, RUNNING},

    {EVENT_RELOADING, IN(RUNNING) | IN(READY), RELOADING, RELOADING},

    {EVENT_STOPPING, RUN, STOP_SIGNAL, STOP_SIGNAL},

    {EVENT_HEALTHY, UP, SAME, SAME},

    {EVENT_ENDED, IN(FORKED),                         DONE,    DONE},
    {EVENT_ENDED, IN(STARTING),                       FAILED,  FAILED},
    {EVENT_ENDED, UP,                                 DONE,    DONE},
    {EVENT_ENDED, IN(STOP_COMMAND) | IN(STOP_SIGNAL), STOPPED, STOP_CLEARING},
    {EVENT_ENDED, IN(STOP_KILL),                      STOPPED, STOP_CLEARING},

    {EVENT_UNHEALTHY, RUN, STOP_SIGNAL, STOP_COMMAND},

    {EVENT_TIMEOUT, IN(CLEARING),                             SAME,        SAME},
    {EVENT_TIMEOUT, IN(FORKED) | IN(RUNNING) | IN(RELOADING), STOP_SIGNAL, STOP_COMMAND},
    {EVENT_TIMEOUT, IN(STARTING),                             STOP_SIGNAL, STOP_COMMAND},
    {EVENT_TIMEOUT, IN(STOP_COMMAND) | IN(STOP_SIGNAL),       STOP_KILL,   STOP_KILL},
    {EVENT_TIMEOUT, IN(STOP_KILL),                            SAME,        SAME},
    {EVENT_TIMEOUT, IN(STOP_CLEARING),                        SAME,        SAME},
    {EVENT_TIMEOUT, IN(BACKING_OFF),                          WAITING,     WAITING},
    {EVENT_TIMEOUT, IN(DONE) | IN(FAILED),                    WAITING,     WAITING},

    {EVENT_SHUTDOWN_TIMEOUT, IN(STOP_COMMAND) | IN(STOP_SIGNAL), STOP_KILL, STOP_KILL},
    {EVENT_SHUTDOWN_TIMEOUT, IN(STOP_CLEARING),                  SAME,      SAME},

    {EVENT_STOP_COMMAND_ENDED, IN(STOP_COMMAND), STOP_SIGNAL, STOP_SIGNAL},

    {EVENT_MAIN_PROCESS_CHANGED, IN(STOP_SIGNAL) | IN(STOP_KILL), SAME, SAME},

    {EVENT_MAIN_PROCESS_LOST, RUN,                             STOP_SIGNAL, STOP_COMMAND},
    {EVENT_MAIN_PROCESS_LOST, IN(STOP_SIGNAL) | IN(STOP_KILL), SAME,        SAME},
    /* clang-format on */
};

static enum state expected(enum state state, enum service_event event, bool is_laden)
{
    unsigned after = SAME;
    for (size_t i = 0; i < COUNT(expectations); i++)
        if (expectations[i].event == event && (expectations[i].states & IN(state)) != 0)
            after = is_laden ? expectations[i].laden : expectations[i].plain;
    return after == SAME ? state : (enum state)after;
}

static void set_up_laden(enum state state)
{
    set_up(state);
    settings.stop_command = "stop";
    stop_command_runs = state == STOP_COMMAND;
    process_remains = true;
}

START_TEST(every_pair)
{
    for (enum state state = 0; state < STATES; state++)
        for (enum service_event event = 0; event < EVENTS; event++)
            for (int is_laden = 0; is_laden <= 1; is_laden++) {
                (is_laden ? set_up_laden : set_up)(state);
                state_machine_handle(&service, event);
                ck_assert_msg(service.state == expected(state, event, is_laden),
                              "%d: state %d, event %d: %d", is_laden, (int)state, (int)event,
                              (int)service.state);
            }
}
END_TEST

START_TEST(states_of_a_start_and_of_a_stop_are_shown_alike)
{
    ck_assert_str_eq(state_name(FORKED), "starting");
    ck_assert_ptr_eq(state_name(FORKED), state_name(STARTING));
    for (enum state state = STOP_COMMAND; state <= STOP_CLEARING; state++) {
        ck_assert_str_eq(state_name(state), "stopping");
        ck_assert_ptr_eq(state_name(state), state_name(STOP_COMMAND));
    }
}
END_TEST

START_TEST(each_delay_doubles_up_to_a_limit_and_is_the_first_again_after_a_stable_run)
{
    static const milliseconds delays[] = {100, 200, 400, 800, 1600, 1600};
    set_up(RUNNING);
    settings.restart = RESTART_ON_FAILURE;
    last_status = wait_status(3);
    for (size_t i = 0; i < COUNT(delays); i++) {
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_int_eq(service.state, BACKING_OFF);
        ck_assert_int_ge(service.deadline - now, delays[i]);
        ck_assert_int_le(service.deadline - now, delays[i] + delays[i] / 8);
        now = service.deadline;
        state_machine_handle(&service, EVENT_TIMEOUT);
        state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
        state_machine_handle(&service, EVENT_EXECED);
        ck_assert_int_eq(service.state, RUNNING);
    }
    ck_assert_ptr_nonnull(strstr(heard(), "for the 6th time in a row"));
    now += CALM;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_lt(service.deadline - now, 2 * FIRST);
    ck_assert_uint_eq(service.restarts, COUNT(delays) + 1);
}
END_TEST

START_TEST(the_first_restart_may_be_at_once_and_the_next_is_not)
{
    set_up(RUNNING);
    settings.restart = RESTART_ALWAYS;
    settings.restart_first = 0;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.deadline, now);
    service.state = RUNNING;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_ge(service.deadline, now + 100);
}
END_TEST

START_TEST(a_limit_of_two_restarts_means_three_runs)
{
    set_up(WAITING);
    settings.restart = RESTART_ON_FAILURE;
    settings.restart_limit = 2;
    last_status = wait_status(3);
    for (int run = 1; run <= 3; run++) {
        state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
        ck_assert_int_eq(runs, run);
        state_machine_handle(&service, EVENT_ENDED);
        if (service.state == BACKING_OFF)
            state_machine_handle(&service, EVENT_TIMEOUT);
    }
    ck_assert_int_eq(service.state, FAILED);
    ck_assert_int_eq(state_machine_exit_code(&service), 3);
    ck_assert_ptr_nonnull(strstr(heard(), "has failed too often"));
}
END_TEST

/* Its start has begun, and its child has reported that error and exited with that code. */
static void fail_to_start(int error, int code)
{
    result = SPAWN_FAILED;
    result_error = error;
    last_status = wait_status(code);
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    ck_assert_int_eq(service.state, FORKED);
    state_machine_handle(&service, EVENT_ENDED);
}

START_TEST(a_program_that_cannot_be_run_fails_at_once_and_no_process_is_tried_again)
{
    set_up(WAITING);
    settings.restart = RESTART_ALWAYS;
    fail_to_start(ENOENT, 127);
    ck_assert_int_eq(service.state, FAILED);
    ck_assert_int_eq(state_machine_exit_code(&service), 127);
    ck_assert_str_eq(heard(), ""); /* the child has reported it */

    set_up(WAITING);
    fail_to_start(ENOENT, 137); /* killed while it was saying so */
    ck_assert_int_eq(state_machine_exit_code(&service), 137);

    set_up(WAITING);
    run_error = EAGAIN;
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    ck_assert_int_eq(service.state, BACKING_OFF);
}
END_TEST

/* A start that fails for a passing reason is tried again (120). */
START_TEST(what_may_pass_is_tried_again_as_the_policy_says)
{
    static const int passing[] = {EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY,
                                  EIO,    EINTR,  ENOSPC, EDQUOT, ENXIO};
    for (size_t i = 0; i < COUNT(passing); i++) {
        set_up(WAITING);
        settings.restart = RESTART_ON_FAILURE;
        settings.restart_limit = 1;
        fail_to_start(passing[i], 126);
        ck_assert_int_eq(service.state, BACKING_OFF);
        ck_assert_ptr_nonnull(strstr(heard(), "web could not be started; starting it again in"));
        state_machine_handle(&service, EVENT_TIMEOUT);
        fail_to_start(passing[i], 126);
        ck_assert_int_eq(service.state, FAILED);
        ck_assert_int_eq(state_machine_exit_code(&service), 126);
    }
    set_up(WAITING);
    fail_to_start(ETXTBSY, 126);
    ck_assert_int_eq(service.state, FAILED);
}
END_TEST

START_TEST(a_start_that_hangs_is_ended_when_its_time_is_over)
{
    set_up(WAITING);
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    ck_assert_int_eq(service.deadline, now + GRACE);
    now = service.deadline;
    state_machine_handle(&service, EVENT_TIMEOUT);
    ck_assert_int_eq(service.state, STOP_SIGNAL);
    ck_assert_int_eq(sent[0], SIGQUIT);
    ck_assert_ptr_nonnull(strstr(heard(), "web is not ready after 5.00 s"));
}
END_TEST

START_TEST(its_program_runs_when_that_is_known_or_cannot_be_known)
{
    set_up(WAITING);
    settings.ready = READY_BY_NOTIFY;
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    now += GRACE / 2;
    tell_executed(&service);
    ck_assert_int_eq(service.state, STARTING);
    ck_assert_int_eq(service.deadline, now + GRACE - GRACE / 2); /* from the fork on */
    set_up(WAITING);
    watched = false;
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    ck_assert_int_eq(service.state, RUNNING);
}
END_TEST

/* An end before readiness is a failed start (141). */
START_TEST(an_end_before_it_was_ready_is_a_failed_start)
{
    set_up(STARTING);
    settings.restart = RESTART_ON_FAILURE;
    settings.restart_limit = 1;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, BACKING_OFF);
    set_up(STARTING);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, FAILED);
    ck_assert_int_eq(state_machine_exit_code(&service), 1);
    ck_assert_ptr_nonnull(
        strstr(heard(), "web (pid 4711) exited with status 0 after 0.00 s, before it was ready"));
}
END_TEST

/* STOPPING=1: it has the time of a stop, gets no signal, and its exit code decides (143). */
START_TEST(a_stop_of_its_own_ends_as_the_status_says)
{
    static const struct {
        enum state from;
        enum restart restart;
        int code;
        enum state after;
    } cases[] = {
        {READY, RESTART_NO, 0, DONE},
        {READY, RESTART_NO, 3, FAILED},
        {READY, RESTART_ON_FAILURE, 0, DONE},
        {READY, RESTART_ON_FAILURE, 3, BACKING_OFF},
        {READY, RESTART_ALWAYS, 0, BACKING_OFF},
        {STARTING, RESTART_NO, 0, FAILED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        set_up(cases[i].from);
        settings.restart = cases[i].restart;
        settings.stop_command = "stop";
        state_machine_handle(&service, EVENT_STOPPING);
        ck_assert_int_eq(service.state, STOP_SIGNAL);
        ck_assert_int_eq(service.deadline, now + GRACE);
        ck_assert_int_eq(sent_count, 0);
        ck_assert(!stop_command_runs);
        last_status = wait_status(cases[i].code);
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_int_eq(service.state, cases[i].after);
    }
    set_up(READY);
    state_machine_handle(&service, EVENT_STOPPING);
    state_machine_handle(&service, EVENT_SHUTDOWN);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, STOPPED);
    set_up(READY);
    state_machine_handle(&service, EVENT_STOPPING);
    state_machine_handle(&service, EVENT_TIMEOUT);
    ck_assert_int_eq(service.state, STOP_KILL);
    ck_assert_int_eq(sent[0], SIGKILL);
}
END_TEST

/* After a reload it is as it was before, and as long as before (143). */
START_TEST(a_reload_does_not_interrupt_a_stable_run)
{
    static struct notify_state notify;
    static struct extras extras = {.notify = &notify};
    static const enum state states[] = {RUNNING, READY};
    for (size_t i = 0; i < COUNT(states); i++) {
        set_up(states[i]);
        settings.ready = states[i] == READY ? READY_BY_NOTIFY : READY_AT_ONCE;
        service.extras = &extras;
        service.failures = 1;
        milliseconds since = service.since;
        now += CALM / 2;
        state_machine_handle(&service, EVENT_RELOADING);
        ck_assert_int_eq(service.since, now);
        now += CALM / 2;
        state_machine_handle(&service, EVENT_READY);
        ck_assert_int_eq(service.state, states[i]);
        ck_assert_int_eq(service.since, since);
        ck_assert_uint_eq(service.failures, 1);
        state_machine_handle(&service, EVENT_RELOADING);
        ck_assert_uint_eq(service.failures, 0);
    }
    set_up(RUNNING); /* a oneshot */
    service.deadline = now + CALM;
    state_machine_handle(&service, EVENT_RELOADING);
    ck_assert_int_eq(service.deadline, now + CALM);
    state_machine_handle(&service, EVENT_READY);
    ck_assert_int_eq(service.deadline, now + CALM);
}
END_TEST

/* A run that was never ready, or that had to be stopped, counts as a failure, however long it took
 * (126). */
START_TEST(failures_in_a_row_are_counted_whatever_their_length)
{
    static const enum service_event ends[] = {EVENT_TIMEOUT, EVENT_UNHEALTHY, EVENT_ENDED};
    for (size_t i = 0; i < COUNT(ends); i++) {
        set_up(STARTING);
        settings.restart = RESTART_ON_FAILURE;
        settings.restart_limit = 1;
        service.failures = 1;
        service.since = now;
        now += 100 * CALM;
        state_machine_handle(&service, ends[i]);
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_int_eq(service.state, FAILED);
    }
}
END_TEST

START_TEST(the_stop_is_a_signal_then_the_grace_then_a_kill_that_is_repeated)
{
    set_up(RUNNING);
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(sent_count, 1);
    ck_assert_int_eq(sent[0], SIGQUIT);
    ck_assert_int_eq(service.deadline, now + GRACE);
    now = service.deadline;
    state_machine_handle(&service, EVENT_TIMEOUT);
    ck_assert_int_eq(sent[1], SIGKILL);
    ck_assert_str_eq(heard(), "foster: web has not stopped within 5.00 s: killing it\n");
    now = service.deadline;
    state_machine_handle(&service, EVENT_TIMEOUT);
    ck_assert_int_eq(sent[2], SIGKILL);
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(a_stopped_process_is_continued)
{
    set_up(RUNNING);
    service.process.pid = OTHER_PID;
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(sent_count, 2);
    ck_assert_int_eq(sent[1], SIGCONT);
}
END_TEST

START_TEST(after_the_stop_command_the_stop_signal_is_sent)
{
    set_up(READY);
    settings.stop_command = "stop";
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(service.state, STOP_COMMAND);
    ck_assert_int_eq(service.deadline, now + GRACE);
    ck_assert_int_eq(sent_count, 0);
    now += GRACE / 2;
    state_machine_handle(&service, EVENT_STOP_COMMAND_ENDED);
    ck_assert_int_eq(service.state, STOP_SIGNAL);
    ck_assert_int_eq(sent[0], SIGQUIT);
    ck_assert_int_eq(service.deadline, now + GRACE - GRACE / 2); /* one for the whole stop */
}
END_TEST

START_TEST(a_stop_command_that_takes_too_long_is_no_reason_to_wait)
{
    set_up(READY);
    settings.stop_command = "stop";
    state_machine_handle(&service, EVENT_STOP);
    now = service.deadline;
    state_machine_handle(&service, EVENT_TIMEOUT);
    ck_assert_int_eq(service.state, STOP_KILL);
    ck_assert_int_eq(sent_count, 1);
    ck_assert_int_eq(sent[0], SIGKILL);
    process_remains = true;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.walk.signal, SIGKILL);
    process_remains = false;
    ck_assert(state_machine_clear(&service)); /* it does not matter whether the command runs */
}
END_TEST

START_TEST(a_stop_command_may_end_after_the_service)
{
    set_up(STOP_COMMAND);
    stop_command_runs = true;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, STOP_CLEARING);
    ck_assert(!state_machine_clear(&service));
    stop_command_runs = false;
    ck_assert(state_machine_clear(&service));
}
END_TEST

START_TEST(another_main_process_is_sent_the_stop_signal_too)
{
    set_up(RUNNING);
    state_machine_handle(&service, EVENT_MAIN_PROCESS_CHANGED);
    ck_assert_int_eq(sent_count, 0);
    state_machine_handle(&service, EVENT_STOP);
    state_machine_handle(&service, EVENT_MAIN_PROCESS_CHANGED);
    state_machine_handle(&service, EVENT_MAIN_PROCESS_LOST);
    ck_assert_int_eq(sent_count, 3);
    ck_assert_int_eq(sent[2], SIGQUIT);
}
END_TEST

START_TEST(when_the_time_of_all_is_over_the_kill_is_not_logged_for_each)
{
    static const enum state before[] = {STOP_COMMAND, STOP_SIGNAL, STOP_CLEARING};
    for (size_t i = 0; i < COUNT(before); i++) {
        set_up(before[i]);
        state_machine_handle(&service, EVENT_SHUTDOWN_TIMEOUT);
        ck_assert_int_eq(service.kills, 1);
        ck_assert_int_eq(sent_count, before[i] != STOP_CLEARING);
        ck_assert_int_eq(service.deadline, now + KILL_AGAIN);
        ck_assert_str_eq(heard(), "");
    }
}
END_TEST

START_TEST(what_cannot_be_killed_is_logged_and_killed_no_more)
{
    static const struct {
        enum state state;
        int kills;
        const char *line;
    } cases[] = {
        {STOP_KILL, KILLS_MOST, "foster: web (pid 4711) cannot be killed\n"},
        {STOP_CLEARING, 0, "foster: remaining processes of web cannot be killed\n"},
        {CLEARING, 0, "foster: remaining processes of web cannot be killed\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        set_up(cases[i].state);
        process_remains = true;
        state_machine_handle(&service, EVENT_TIMEOUT);
        heard();
        for (int kills = 1; kills < KILLS_MOST; kills++) {
            ck_assert(!signalling_is_in_vain(&service));
            ck_assert_str_eq(heard(), "");
            state_machine_handle(&service, EVENT_TIMEOUT);
        }
        ck_assert(signalling_is_in_vain(&service));
        ck_assert_str_eq(heard(), cases[i].line);
        state_machine_handle(&service, EVENT_TIMEOUT);
        ck_assert_int_eq(sent_count, cases[i].kills);
        ck_assert_str_eq(heard(), "");
    }
}
END_TEST

START_TEST(remaining_processes_are_awaited_before_it_counts_as_stopped)
{
    set_up(STOP_SIGNAL);
    process_remains = true;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, STOP_CLEARING);
    state_machine_handle(&service, EVENT_CLEARED);
    ck_assert_int_eq(service.state, STOPPED);
}
END_TEST

START_TEST(remaining_processes_are_ended_before_the_next_run)
{
    set_up(WAITING);
    process_remains = true;
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    ck_assert_int_eq(service.state, CLEARING);
    ck_assert_int_eq(runs, 0);
    ck_assert_int_eq(service.deadline, now + GRACE);
    state_machine_handle(&service, EVENT_CLEARED);
    ck_assert_int_eq(runs, 1);
}
END_TEST

START_TEST(stopped_by_hand_it_is_stopped_when_no_process_remains)
{
    static const enum state before[] = {WAITING, BACKING_OFF};
    for (size_t i = 0; i < COUNT(before); i++) {
        set_up(before[i]);
        process_remains = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, CLEARING);
        ck_assert_int_eq(service.deadline, now + GRACE);
        now += GRACE / 2;
        state_machine_handle(&service, EVENT_STOP); /* does not put it off */
        ck_assert_int_eq(service.deadline, now + GRACE - GRACE / 2);
        state_machine_handle(&service, EVENT_CLEARED);
        ck_assert_int_eq(service.state, STOPPED);
        ck_assert(service.stopped_by_hand);
    }
    set_up(CLEARING); /* before its next start */
    process_remains = true;
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(service.state, CLEARING);
    state_machine_handle(&service, EVENT_CLEARED);
    ck_assert_int_eq(service.state, STOPPED);
}
END_TEST

START_TEST(stopped_by_hand_after_its_end_it_is_cleared_if_a_process_remains)
{
    static const enum state before[] = {DONE, FAILED};
    for (size_t i = 0; i < COUNT(before); i++) {
        set_up(before[i]);
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, before[i]);
        process_remains = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, CLEARING);
        state_machine_handle(&service, EVENT_CLEARED);
        ck_assert_int_eq(service.state, STOPPED);
    }
}
END_TEST

START_TEST(only_a_stop_by_hand_keeps_foster)
{
    for (enum state state = 0; state < STATES; state++) {
        set_up(state);
        state_machine_handle(&service, EVENT_SHUTDOWN);
        ck_assert(!service.stopped_by_hand);
        set_up(state);
        state_machine_handle(&service, EVENT_STOP);
        ck_assert(service.stopped_by_hand);
        state_machine_handle(&service, EVENT_START);
        ck_assert(!service.stopped_by_hand);
    }
}
END_TEST

START_TEST(started_while_it_is_cleared_it_runs_after_all)
{
    static const enum service_event wishes[] = {EVENT_START, EVENT_RESTART};
    for (size_t i = 0; i < COUNT(wishes); i++) {
        set_up(BACKING_OFF);
        process_remains = true;
        state_machine_handle(&service, EVENT_STOP);
        state_machine_handle(&service, wishes[i]);
        ck_assert(!service.stopped_by_hand);
        state_machine_handle(&service, EVENT_CLEARED);
        ck_assert_int_eq(service.state, FORKED);
    }
}
END_TEST

START_TEST(after_a_stop_the_last_wish_counts)
{
    set_up(RUNNING);
    state_machine_handle(&service, EVENT_STOP);
    state_machine_handle(&service, EVENT_START);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, WAITING);

    set_up(RUNNING);
    state_machine_handle(&service, EVENT_RESTART);
    state_machine_handle(&service, EVENT_STOP);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, STOPPED);
}
END_TEST

START_TEST(an_unhealthy_service_has_failed_even_if_it_exits_with_0)
{
    set_up(READY);
    settings.restart = RESTART_ON_FAILURE;
    state_machine_handle(&service, EVENT_UNHEALTHY);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, BACKING_OFF);

    set_up(READY);
    state_machine_handle(&service, EVENT_UNHEALTHY);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, FAILED);
    ck_assert_int_eq(state_machine_exit_code(&service), 1);
}
END_TEST

START_TEST(readiness_that_does_not_come_in_time_is_a_failure)
{
    set_up(WAITING);
    settings.ready = READY_BY_NOTIFY;
    settings.ready_timeout = 200;
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    state_machine_handle(&service, EVENT_EXECED);
    ck_assert_int_eq(service.state, STARTING);
    ck_assert_int_eq(service.deadline, now + 200);
    now += 200;
    state_machine_handle(&service, EVENT_TIMEOUT);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, FAILED);
    ck_assert_ptr_nonnull(strstr(heard(), "web is not ready after 0.20 s"));
}
END_TEST

/* The time counts from the exec; ready_timeout, which may be shorter, from the fork (155). */
START_TEST(a_run_that_lasts_is_ready)
{
    enum { AFTER = 2000, EXEC = 500 };
    for (int is_bounded = 0; is_bounded <= 1; is_bounded++) {
        set_up(WAITING);
        settings.ready = READY_AFTER;
        settings.ready_after = AFTER;
        settings.ready_timeout = is_bounded ? AFTER : NEVER;
        state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
        milliseconds forked = now;
        now += EXEC;
        state_machine_handle(&service, EVENT_EXECED);
        ck_assert_int_eq(service.state, STARTING);
        ck_assert_int_eq(service.deadline, forked + AFTER + (is_bounded ? 0 : EXEC));
        now = service.deadline;
        state_machine_handle(&service, EVENT_TIMEOUT);
        ck_assert_int_eq(service.state, is_bounded ? STOP_SIGNAL : READY);
    }
    set_up(STARTING);
    settings.ready = READY_AFTER;
    settings.ready_after = AFTER;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, FAILED);
    ck_assert_ptr_nonnull(
        strstr(heard(), "exited with status 0 after 0.00 s, before it was ready"));
}
END_TEST

/* (142) */
START_TEST(a_program_that_goes_into_the_background_is_named_at_its_first_end)
{
    static const char line[] = "web seems to have gone into the background";
    enum state states[] = {STARTING, RUNNING, READY};
    for (size_t i = 0; i < COUNT(states); i++) {
        set_up(states[i]);
        process_remains = true;
        service.has_run = false;
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_ptr_nonnull(strstr(heard(), line));
        service.state = (unsigned char)states[i];
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_ptr_null(strstr(heard(), line)); /* once */
    }
    for (int i = 0; i < 4; i++) {
        set_up(RUNNING);
        service.has_run = false;
        process_remains = i != 0;
        last_status = i == 1 ? wait_status(1) : 0;
        settings.type = i == 2 ? TYPE_ONESHOT : TYPE_SERVICE;
        service.started -= i == 3 ? 10000 : 0;
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_ptr_null(strstr(heard(), line));
    }
}
END_TEST

START_TEST(the_command_is_stopped_by_the_signal_that_came)
{
    set_up(RUNNING);
    plan.command = &service;
    state_machine_set_command_stop_signal(SIGINT);
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(sent[0], SIGINT);
}
END_TEST

/* success_exit_codes, and option -e for the command (147). */
START_TEST(a_code_may_be_a_success)
{
    uint8_t as_success[EXIT_CODES / CHAR_BIT] = {0};
    wait_status_count_as_success(as_success, 42);
    wait_status_count_as_success(as_success, 128 + SIGTERM);
    const int successes[] = {wait_status(0), wait_status(42), wait_status(143), SIGTERM};
    const int failures[] = {wait_status(43), wait_status(15), SIGKILL};
    for (size_t i = 0; i < COUNT(successes); i++) {
        set_up(RUNNING);
        settings.as_success = as_success;
        settings.restart = RESTART_ON_FAILURE;
        last_status = successes[i];
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_int_eq(service.state, DONE);
        ck_assert_int_eq(state_machine_exit_code(&service), 0);
    }
    for (size_t i = 0; i < COUNT(failures); i++) {
        set_up(RUNNING);
        settings.as_success = as_success;
        last_status = failures[i];
        state_machine_handle(&service, EVENT_ENDED);
        ck_assert_int_eq(service.state, FAILED);
    }
    set_up(STARTING);
    settings.as_success = as_success;
    last_status = wait_status(42);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, FAILED); /* it was not ready */
    ck_assert_int_eq(state_machine_exit_code(&service), 42);
}
END_TEST

START_TEST(the_failure_of_an_essential_service_is_in_the_termination_log)
{
    set_up(RUNNING);
    settings.essential = true;
    plan.globals.termination_log = "termination-log";
    state_machine_begin(&plan);
    close(open("termination-log", O_CREAT | O_WRONLY, S_IRUSR | S_IWUSR));
    last_status = W_EXITCODE(0, SIGSEGV);
    state_machine_handle(&service, EVENT_ENDED);
    char words[256];
    int fd = open("termination-log", O_RDONLY);
    ssize_t length = read(fd, words, sizeof words - 1);
    ck_assert_int_gt(length, 0);
    words[length] = '\0';
    ck_assert_str_eq(words, "foster: web (pid 4711) was killed by SIGSEGV after 0.00 s");
    ck_assert_int_eq(state_machine_exit_code(&service), 128 + SIGSEGV);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "state_machine", every_pair, states_of_a_start_and_of_a_stop_are_shown_alike,
        each_delay_doubles_up_to_a_limit_and_is_the_first_again_after_a_stable_run,
        the_first_restart_may_be_at_once_and_the_next_is_not,
        a_limit_of_two_restarts_means_three_runs,
        a_program_that_cannot_be_run_fails_at_once_and_no_process_is_tried_again,
        what_may_pass_is_tried_again_as_the_policy_says,
        a_start_that_hangs_is_ended_when_its_time_is_over,
        its_program_runs_when_that_is_known_or_cannot_be_known,
        an_end_before_it_was_ready_is_a_failed_start, a_stop_of_its_own_ends_as_the_status_says,
        a_reload_does_not_interrupt_a_stable_run,
        failures_in_a_row_are_counted_whatever_their_length,
        the_stop_is_a_signal_then_the_grace_then_a_kill_that_is_repeated,
        a_stopped_process_is_continued, after_the_stop_command_the_stop_signal_is_sent,
        a_stop_command_that_takes_too_long_is_no_reason_to_wait,
        a_stop_command_may_end_after_the_service, another_main_process_is_sent_the_stop_signal_too,
        when_the_time_of_all_is_over_the_kill_is_not_logged_for_each,
        what_cannot_be_killed_is_logged_and_killed_no_more,
        remaining_processes_are_awaited_before_it_counts_as_stopped,
        remaining_processes_are_ended_before_the_next_run,
        stopped_by_hand_it_is_stopped_when_no_process_remains,
        stopped_by_hand_after_its_end_it_is_cleared_if_a_process_remains,
        only_a_stop_by_hand_keeps_foster, started_while_it_is_cleared_it_runs_after_all,
        after_a_stop_the_last_wish_counts, an_unhealthy_service_has_failed_even_if_it_exits_with_0,
        readiness_that_does_not_come_in_time_is_a_failure, a_run_that_lasts_is_ready,
        a_program_that_goes_into_the_background_is_named_at_its_first_end,
        the_command_is_stopped_by_the_signal_that_came, a_code_may_be_a_success,
        the_failure_of_an_essential_service_is_in_the_termination_log);
}
