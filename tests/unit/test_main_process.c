/*
 * test_main_process.c - the main process of a service, with real processes: `first` is the one that
 * foster has started, and MAINPID names its child `second`.
 */
#include "supervise/main_process.h"

#include <sys/prctl.h>

#include "supervise/event_loop.h"
#include "supervise/notify_state.h"

#include "kit.h"

enum { WAIT_MS = 10000, A_SIGNAL = SIGUSR1 };

static int events[EVENTS];

static void count(struct service *service, enum service_event event)
{
    (void)service;
    events[event]++;
}

/* ---- a service ---- */

static struct settings settings;
static struct notify_state notify_state;
static struct extras extras = {.notify = &notify_state};
static struct service service = {
    .name = "web", .settings = &settings, .extras = &extras, .state = READY};
static bool refused;

static int told[2]; /* the pipe that second's pid comes by */

/* Ends with 0 by A_SIGNAL, which the other one does not survive. */
static void end_well(int signal)
{
    (void)signal;
    _exit(EXIT_SUCCESS);
}

static pid_t start_both(void *context)
{
    (void)context;
    pid_t first = fork_bound();
    if (first != 0)
        return first;
    pid_t second = fork_bound();
    if (second == 0) {
        setsid();
        prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
        signal(A_SIGNAL, end_well);
        second = getpid();
        if (write(told[1], &second, sizeof second) != sizeof second)
            _exit(EXIT_FAILURE);
    }
    for (;;)
        pause();
}

static pid_t second_pid;

static void start(void)
{
    hear_stderr();
    ck_assert(event_loop_open());
    ck_assert_int_eq(pipe(told), 0);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    ck_assert_int_eq(children_spawn(&service.process, start_both, NULL), 0);
    ck_assert_int_eq(read(told[0], &second_pid, sizeof second_pid), sizeof second_pid);
    main_process_prepare(count);
    main_process_begin(&service);
}

static void name(pid_t pid)
{
    int handle = main_process_open(pid);
    ck_assert_int_ne(handle, -1);
    main_process_name(&service, pid, handle);
}

static void reap(pid_t pid)
{
    siginfo_t info;
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    children_sigchld();
}

/* The first one is killed and reaped. */
static void end_first(void)
{
    pid_t first = service.process.pid;
    ck_assert_int_eq(children_signal(&service.process, SIGKILL, REACH_CHILD), 0);
    reap(first);
}

/* The supervisor's question. */
static bool has_ended(void)
{
    return children_resolved(&service.process, NULL) && !main_process_hand_over(&service);
}

/* ---- the tests ---- */

START_TEST(nothing_is_named)
{
    start();
    ck_assert_int_eq(main_process_pid(&service), service.process.pid);
    ck_assert_int_eq(main_process_session(&service), service.process.pid);
    ck_assert(!has_ended());
    ck_assert_int_eq(main_process_signal(&service, A_SIGNAL, NULL, REACH_CHILD, &refused), 0);
    reap(service.process.pid);
    ck_assert(has_ended());
    ck_assert_int_eq(main_process_due(&service, 0), NEVER);
    kill(second_pid, SIGKILL);
}
END_TEST

START_TEST(signals_mean_the_named_one_at_once_and_its_end_is_the_services)
{
    start();
    name(second_pid);
    ck_assert_int_eq(events[EVENT_MAIN_PROCESS_CHANGED], 1);
    name(second_pid);
    ck_assert_int_eq(events[EVENT_MAIN_PROCESS_CHANGED], 1); /* only once */
    ck_assert_int_eq(main_process_pid(&service), second_pid);
    ck_assert_int_eq(main_process_session(&service), second_pid);
    ck_assert_int_eq(main_process_signal(&service, A_SIGNAL, NULL, REACH_GROUP, &refused), 0);
    event_loop_wait(clock_now() + WAIT_MS);
    ck_assert_int_eq(events[EVENT_MAIN_PROCESS_LOST], 1);
    ck_assert_int_eq(main_process_pid(&service), service.process.pid);
    ck_assert(!has_ended());
    end_first();
    ck_assert(has_ended());
}
END_TEST

START_TEST(its_end_while_the_service_is_stopped_is_no_warning)
{
    start();
    name(second_pid);
    service.state = STOP_SIGNAL;
    ck_assert_int_eq(main_process_signal(&service, A_SIGNAL, &(siginfo_t){.si_code = SI_QUEUE},
                                         REACH_CHILD, &refused),
                     0);
    event_loop_wait(clock_now() + WAIT_MS);
    ck_assert_int_eq(events[EVENT_MAIN_PROCESS_LOST], 1);
    ck_assert_str_eq(heard(), ""); /* it was to end */
    main_process_signal(&service, SIGKILL, NULL, REACH_GROUP, &refused);
    reap(service.process.pid);
}
END_TEST

START_TEST(when_the_first_one_ends_the_named_one_is_ours)
{
    int status;
    start();
    name(second_pid);
    end_first();
    ck_assert(!has_ended());
    ck_assert_int_eq(service.process.pid, second_pid);
    ck_assert_int_eq(main_process_session(&service), second_pid);
    ck_assert_int_eq(main_process_signal(&service, A_SIGNAL, NULL, REACH_GROUP, &refused), 0);
    reap(second_pid);
    ck_assert(children_resolved(&service.process, &status));
    ck_assert_int_eq(status, 0);
    ck_assert(has_ended());
}
END_TEST

START_TEST(without_a_handle_it_counts_when_the_first_one_has_ended)
{
    start();
    main_process_name(&service, second_pid, -1);
    ck_assert_int_eq(main_process_pid(&service), service.process.pid);
    end_first();
    ck_assert(!has_ended());
    ck_assert_int_eq(main_process_pid(&service), second_pid);
    main_process_signal(&service, SIGKILL, NULL, REACH_GROUP, &refused);
    reap(second_pid);
    ck_assert(has_ended());
}
END_TEST

START_TEST(a_pid_that_is_no_child_is_ignored)
{
    start();
    main_process_name(&service, getppid(), -1);
    end_first();
    ck_assert(has_ended());
    kill(second_pid, SIGKILL);
}
END_TEST

START_TEST(the_first_one_may_be_named_again)
{
    start();
    name(second_pid);
    name(service.process.pid);
    ck_assert_int_eq(main_process_pid(&service), service.process.pid);
    end_first();
    ck_assert(has_ended());
    kill(second_pid, SIGKILL);
}
END_TEST

START_TEST(one_whose_parent_lives_is_held_until_it_ends)
{
    start();
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), 0); /* another process gets it */
    name(second_pid);
    end_first();
    ck_assert(!has_ended());
    ck_assert_int_eq(main_process_pid(&service), second_pid);
    ck_assert_int_gt(main_process_due(&service, 1), 1);
    main_process_signal(&service, SIGKILL, NULL, REACH_GROUP, &refused);
    event_loop_wait(clock_now() + WAIT_MS);
    ck_assert_int_eq(events[EVENT_MAIN_PROCESS_LOST], 1);
    ck_assert(has_ended());
}
END_TEST

int main(void)
{
    return RUN_TESTS("main_process", nothing_is_named,
                     signals_mean_the_named_one_at_once_and_its_end_is_the_services,
                     its_end_while_the_service_is_stopped_is_no_warning,
                     when_the_first_one_ends_the_named_one_is_ours,
                     without_a_handle_it_counts_when_the_first_one_has_ended,
                     a_pid_that_is_no_child_is_ignored, the_first_one_may_be_named_again,
                     one_whose_parent_lives_is_held_until_it_ends);
}
