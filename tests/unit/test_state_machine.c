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
#include "supervise/probe.h"
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
    GRACE = 5000
};

/* ---- the functions that state_machine.c calls ---- */

static int run_error, runs;
static enum spawn_result result; /* for a start whose process has ended */
static int result_error;
static bool watched; /* whether a start can be */
static void (*tell_executed)(struct service *service);
static bool anybody_left;
static int last_status;
static int sent[8], sent_count;
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

enum spawn_result __wrap_start_watch_end(struct service *service, int *error);
enum spawn_result __wrap_start_watch_end(struct service *service, int *error)
{
    (void)service;
    *error = result_error;
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
    return anybody_left;
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
    anybody_left = false;
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

#define ROW(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

START_TEST(every_pair)
{
    /* From each state by each event: a service with restart = no, whose process has exited with 0.
     * */
    static const enum state next[STATES][EVENTS] = {
        [STOPPED] = ROW(WAITING, STOPPED, WAITING, STOPPED, STOPPED, STOPPED, STOPPED, STOPPED,
                        STOPPED, STOPPED, STOPPED, STOPPED),
        [WAITING] = ROW(WAITING, STOPPED, WAITING, FORKED, FAILED, WAITING, WAITING, WAITING,
                        WAITING, WAITING, WAITING, WAITING),
        [CLEARING] = ROW(CLEARING, STOPPED, CLEARING, CLEARING, CLEARING, FORKED, CLEARING,
                         CLEARING, CLEARING, CLEARING, CLEARING, CLEARING),
        [FORKED] = ROW(FORKED, STOPPING, STOPPING, FORKED, FORKED, FORKED, RUNNING, FORKED, DONE,
                       FORKED, STOPPING, FORKED),
        [STARTING] = ROW(STARTING, STOPPING, STOPPING, STARTING, STARTING, STARTING, STARTING,
                         READY, FAILED, STOPPING, STOPPING, STARTING),
        [RUNNING] = ROW(RUNNING, STOPPING, STOPPING, RUNNING, RUNNING, RUNNING, RUNNING, RUNNING,
                        DONE, STOPPING, RUNNING, RUNNING),
        [READY] = ROW(READY, STOPPING, STOPPING, READY, READY, READY, READY, READY, DONE, STOPPING,
                      READY, READY),
        [STOPPING] = ROW(STOPPING, STOPPING, STOPPING, STOPPING, STOPPING, STOPPED, STOPPING,
                         STOPPING, STOPPED, STOPPING, STOPPING, STOPPING),
        [BACKING_OFF] =
            ROW(WAITING, STOPPED, WAITING, BACKING_OFF, BACKING_OFF, BACKING_OFF, BACKING_OFF,
                BACKING_OFF, BACKING_OFF, BACKING_OFF, WAITING, BACKING_OFF),
        [DONE] = ROW(WAITING, DONE, WAITING, DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE),
        [FAILED] = ROW(WAITING, FAILED, WAITING, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED,
                       FAILED, FAILED, FAILED),
    };
    for (enum state state = 0; state < STATES; state++)
        for (enum service_event event = 0; event < EVENTS; event++) {
            set_up(state);
            state_machine_handle(&service, event);
            ck_assert_msg(service.state == next[state][event], "%s, event %d: %s",
                          state_name(state), (int)event, state_name(service.state));
        }
}
END_TEST

START_TEST(each_delay_doubles_until_the_most_and_starts_anew_after_a_calm_run)
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
    ck_assert_int_eq(service.state, STOPPING);
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

START_TEST(what_a_run_left_behind_is_awaited_before_it_counts_as_stopped)
{
    set_up(STOPPING);
    anybody_left = true;
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, STOPPING);
    state_machine_handle(&service, EVENT_CLEARED);
    ck_assert_int_eq(service.state, STOPPED);
}
END_TEST

START_TEST(what_a_run_left_behind_is_ended_before_the_next)
{
    set_up(WAITING);
    anybody_left = true;
    state_machine_handle(&service, EVENT_DEPENDENCIES_MET);
    ck_assert_int_eq(service.state, CLEARING);
    ck_assert_int_eq(runs, 0);
    ck_assert_int_eq(service.deadline, now + GRACE);
    state_machine_handle(&service, EVENT_CLEARED);
    ck_assert_int_eq(runs, 1);
}
END_TEST

START_TEST(stopped_by_hand_it_rests_when_nothing_of_it_is_left)
{
    static const enum state before[] = {WAITING, BACKING_OFF};
    for (size_t i = 0; i < COUNT(before); i++) {
        set_up(before[i]);
        anybody_left = service.held = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, CLEARING);
        ck_assert_int_eq(service.deadline, now + GRACE);
        now += GRACE / 2;
        state_machine_handle(&service, EVENT_STOP); /* does not put it off */
        ck_assert_int_eq(service.deadline, now + GRACE - GRACE / 2);
        state_machine_handle(&service, EVENT_CLEARED);
        ck_assert_int_eq(service.state, STOPPED);
        ck_assert(service.held);
    }
    set_up(CLEARING); /* before its next start */
    anybody_left = service.held = true;
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(service.state, CLEARING);
    state_machine_handle(&service, EVENT_CLEARED);
    ck_assert_int_eq(service.state, STOPPED);
}
END_TEST

START_TEST(stopped_by_hand_after_its_end_it_rests_if_there_was_anything_left)
{
    static const enum state before[] = {DONE, FAILED};
    for (size_t i = 0; i < COUNT(before); i++) {
        set_up(before[i]);
        service.held = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, before[i]);
        anybody_left = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, CLEARING);
        state_machine_handle(&service, EVENT_CLEARED);
        ck_assert_int_eq(service.state, STOPPED);
        set_up(before[i]); /* not by hand */
        anybody_left = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, before[i]);
    }
}
END_TEST

START_TEST(with_all_others_it_rests_at_once)
{
    static const enum state before[] = {WAITING, BACKING_OFF, CLEARING};
    for (size_t i = 0; i < COUNT(before); i++) {
        set_up(before[i]);
        anybody_left = true;
        state_machine_handle(&service, EVENT_STOP);
        ck_assert_int_eq(service.state, STOPPED);
    }
}
END_TEST

START_TEST(started_while_it_is_cleared_it_runs_after_all)
{
    static const enum service_event wishes[] = {EVENT_START, EVENT_RESTART};
    for (size_t i = 0; i < COUNT(wishes); i++) {
        set_up(BACKING_OFF);
        anybody_left = service.held = true;
        state_machine_handle(&service, EVENT_STOP);
        state_machine_handle(&service, wishes[i]);
        ck_assert(!service.held);
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

START_TEST(a_service_that_is_unwell_has_failed_even_if_it_exits_with_0)
{
    set_up(READY);
    settings.restart = RESTART_ON_FAILURE;
    service.unwell = true;
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

START_TEST(the_command_is_stopped_by_the_signal_that_came)
{
    set_up(RUNNING);
    plan.command = &service;
    state_machine_set_command_stop_signal(SIGINT);
    state_machine_handle(&service, EVENT_STOP);
    ck_assert_int_eq(sent[0], SIGINT);
}
END_TEST

START_TEST(a_code_of_the_command_may_be_a_success)
{
    static const uint8_t as_success[EXIT_CODES / CHAR_BIT] = {[42 / CHAR_BIT] = 1 << 42 % CHAR_BIT};
    set_up(RUNNING);
    plan.command = &service;
    plan.as_success = as_success;
    last_status = wait_status(42);
    state_machine_handle(&service, EVENT_ENDED);
    ck_assert_int_eq(service.state, DONE);
    ck_assert_int_eq(state_machine_exit_code(&service), 0);
}
END_TEST

START_TEST(an_essential_service_that_fails_has_the_last_words)
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
        "state_machine", every_pair,
        each_delay_doubles_until_the_most_and_starts_anew_after_a_calm_run,
        the_first_restart_may_be_at_once_and_the_next_is_not,
        a_limit_of_two_restarts_means_three_runs,
        a_program_that_cannot_be_run_fails_at_once_and_no_process_is_tried_again,
        what_may_pass_is_tried_again_as_the_policy_says,
        a_start_that_hangs_is_ended_when_its_time_is_over,
        its_program_runs_when_that_is_known_or_cannot_be_known,
        an_end_before_it_was_ready_is_a_failed_start,
        failures_in_a_row_are_counted_whatever_their_length,
        the_stop_is_a_signal_then_the_grace_then_a_kill_that_is_repeated,
        a_stopped_process_is_continued,
        what_a_run_left_behind_is_awaited_before_it_counts_as_stopped,
        what_a_run_left_behind_is_ended_before_the_next,
        stopped_by_hand_it_rests_when_nothing_of_it_is_left,
        stopped_by_hand_after_its_end_it_rests_if_there_was_anything_left,
        with_all_others_it_rests_at_once, started_while_it_is_cleared_it_runs_after_all,
        after_a_stop_the_last_wish_counts,
        a_service_that_is_unwell_has_failed_even_if_it_exits_with_0,
        readiness_that_does_not_come_in_time_is_a_failure,
        the_command_is_stopped_by_the_signal_that_came, a_code_of_the_command_may_be_a_success,
        an_essential_service_that_fails_has_the_last_words);
}
