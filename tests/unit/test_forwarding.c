/*
 * test_forwarding.c - signals on their way from the signal thread to the supervisor's.
 *
 * One thread plays both; the linker's --wrap notes what is sent to the service, and the stop.
 */
#include "supervise/forwarding.h"

#include "supervise/event_loop.h"
#include "supervise/shutdown.h"
#include "supervise/state_machine.h"

#include "kit.h"

enum { PID = 4711, FEW = 20, MORE_THAN_THE_PIPE_TAKES = 1000 };

static int sent[MORE_THAN_THE_PIPE_TAKES], sent_count;
static int sent_before_the_stop, command_signal;

int __wrap_children_signal(struct promise *child, int signal, enum children_reach reach);
int __wrap_children_signal(struct promise *child, int signal, enum children_reach reach)
{
    ck_assert_int_eq(child->pid, PID);
    ck_assert_int_eq(reach, REACH_CHILD);
    sent[sent_count++] = signal;
    return 0;
}

void __wrap_shutdown_begin(void);
void __wrap_shutdown_begin(void)
{
    if (sent_before_the_stop == -1)
        sent_before_the_stop = sent_count;
}

void __wrap_state_machine_set_command_stop_signal(int signal);
void __wrap_state_machine_set_command_stop_signal(int signal)
{
    command_signal = signal;
}

static void begin(const struct signal_map *map)
{
    static const struct settings settings = {.essential = true};
    static struct service service = {
        .name = "web", .settings = &settings, .state = RUNNING, .process.pid = PID};
    static struct plan plan = {.services = &service, .count = 1};
    static const struct signal_map same;
    plan.map = map != NULL ? map : &same;
    sent_before_the_stop = -1;
    ck_assert(event_loop_open());
    ck_assert(forwarding_begin(&plan));
}

static void come(int signal)
{
    forwarding_put(&(siginfo_t){.si_signo = signal});
}

/* All that has come, in one go. */
static void hear(void)
{
    event_loop_wait(NEVER);
}

START_TEST(signals_are_forwarded_in_their_order_and_before_a_stop)
{
    begin(NULL);
    for (int i = 0; i < FEW; i++)
        come(SIGRTMIN + i % 2);
    come(SIGCHLD);
    ck_assert(!forwarding_has_stop());
    come(SIGTERM);
    ck_assert(forwarding_has_stop());
    ck_assert_int_eq(sent_count, 0);
    hear();
    ck_assert_int_eq(sent_count, FEW);
    for (int i = 0; i < FEW; i++)
        ck_assert_int_eq(sent[i], SIGRTMIN + i % 2);
    ck_assert_int_eq(sent_before_the_stop, FEW);
    ck_assert_int_eq(command_signal, SIGTERM);
}
END_TEST

START_TEST(a_stop_is_heard_though_the_pipe_is_full)
{
    begin(NULL);
    for (int i = 0; i < MORE_THAN_THE_PIPE_TAKES; i++)
        come(SIGUSR1);
    come(SIGINT);
    hear();
    ck_assert_int_lt(sent_count, MORE_THAN_THE_PIPE_TAKES);
    ck_assert_int_eq(sent_before_the_stop, sent_count);
    ck_assert_int_eq(command_signal, SIGINT);
}
END_TEST

START_TEST(a_stop_may_become_another_signal_or_nothing)
{
    begin(&(struct signal_map){.to = {[SIGTERM] = SIGQUIT, [SIGINT] = SIGNAL_DROPPED}});
    come(SIGINT);
    hear();
    ck_assert(!forwarding_has_stop());
    ck_assert_int_eq(sent_before_the_stop, -1);
    come(SIGTERM);
    hear();
    ck_assert_int_eq(sent_before_the_stop, 0);
    ck_assert_int_eq(sent_count, 0);
    ck_assert_int_eq(command_signal, SIGQUIT);
}
END_TEST

int main(void)
{
    return RUN_TESTS("forwarding", signals_are_forwarded_in_their_order_and_before_a_stop,
                     a_stop_is_heard_though_the_pipe_is_full,
                     a_stop_may_become_another_signal_or_nothing);
}
