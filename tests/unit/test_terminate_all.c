/*
 * test_terminate_all.c - the end of all processes, by a subreaper: as it is not PID 1, only its
 * descendants may be signalled.
 *
 * The test process ends its descendants. Each has the write end of the pipe of reports as long as
 * it lives. Each test runs twice, with pidfds and without. guard_kit.h keeps signals from other
 * processes of the machine.
 */
#include "process/terminate_all.h"

#include "process/signals.h"

#include "guard_kit.h"

enum {
    LONG = 10 * 60 * MS_PER_SECOND, /* a grace that a test cannot sit through */
    SHORT = 100,
    LIFETIME_SECONDS = TEST_SECONDS, /* processes that a failed test leaves end by themselves */
};

/* ---- the processes that are to end ---- */

static char letter_of(int signal)
{
    return signal == SIGTERM ? 'T' : signal == SIGCONT ? 'C' : '?';
}

/* Reports each signal, and ends at CONT: foster sends TERM before. */
static void live_until_continued(void)
{
    siginfo_t info;
    int signal;
    join();
    do {
        signal = signals_wait(&info, clock_now() + LIFETIME_SECONDS * MS_PER_SECOND);
        if (signal != SIGCHLD)
            report(letter_of(signal));
    } while (signal != SIGCONT && signal != 0);
    _exit(EXIT_SUCCESS);
}

/* Keeps all signals blocked, as every child of ours starts: TERM does not end it. */
static void live_on(void)
{
    join();
    sleep(LIFETIME_SECONDS);
    _exit(EXIT_SUCCESS);
}

static void live_by_the_default(void)
{
    sigset_t none;
    sigemptyset(&none);
    join();
    sigprocmask(SIG_SETMASK, &none, NULL);
    sleep(LIFETIME_SECONDS);
    _exit(EXIT_SUCCESS);
}

/* A child that lives in a way; its pid. */
static pid_t start(void (*live)(void))
{
    pid_t pid = fork_bound();
    if (pid == 0)
        live();
    ck_assert_int_eq(next_report(), 'r');
    return pid;
}

/* A child in a session of its own, and its child in another, as a daemon leaves them. */
static void start_in_other_sessions(void (*live)(void))
{
    pid_t pid = fork_bound();
    if (pid == 0) {
        setsid();
        if (fork() == 0)
            setsid();
        live();
    }
    ck_assert_int_eq(next_report(), 'r');
    ck_assert_int_eq(next_report(), 'r');
}

static void prepare(bool with_pidfds)
{
    no_pidfds = !with_pidfds;
    guard_begin();
    hear_stderr();
    signals_block(&(struct signal_state){0});
}

/* Ends them, and returns how long it took. None of them is left, nor is a zombie. */
static milliseconds end(milliseconds grace)
{
    milliseconds before = clock_now();
    terminate_all(getpid(), grace);
    milliseconds took = clock_now() - before;
    ck_assert(is_childless());
    ck_assert_int_eq(guard->strays, 0);
    return took;
}

/* ---- with pidfds and without ---- */

static void no_process_is_there(void)
{
    ck_assert(!terminate_all_signal(getpid(), SIGTERM, NEVER));
    end(LONG);
    ck_assert_str_eq(heard(), "");
}

static void all_are_asked_to_end(void)
{
    start_in_other_sessions(live_until_continued);
    end(LONG);
    int asked = 0, continued = 0;
    for (int i = 0; i < 4; i++) {
        char what = next_report();
        asked += what == 'T';
        continued += what == 'C';
    }
    ck_assert_int_eq(asked, 2);
    ck_assert_int_eq(continued, 2);
    ck_assert_str_eq(heard(), "");
}

static void the_stopped_are_continued(void)
{
    int status;
    pid_t pid = start(live_by_the_default);
    ck_assert_int_eq(kill(pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
    ck_assert(WIFSTOPPED(status));
    end(LONG);
    ck_assert_str_eq(heard(), "");
}

static void a_process_that_does_not_end_is_killed(void)
{
    char words[128];
    prctl(PR_SET_NAME, "stubborn");
    pid_t pid = start(live_on);
    ck_assert_int_ge(end(SHORT), SHORT - 1); /* a millisecond is the clock's grain */
    ck_assert_int_eq(kill(pid, 0), -1);
    snprintf(words, sizeof words,
             "foster: killing the processes that have not ended within 0.10 s: stubborn (pid %d)\n",
             (int)pid);
    ck_assert_str_eq(heard(), words);
}

static void also_in_other_sessions(void)
{
    start_in_other_sessions(live_on);
    end(SHORT);
}

static void a_child_without_a_parent_ends_too(void)
{
    pid_t pid = fork_bound();
    if (pid == 0) {
        if (fork() == 0)
            live_by_the_default();
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(next_report(), 'r');
    end(LONG);
}

/* It is our sibling: a child of the same parent. */
static void strangers_are_left_alone(void)
{
    pid_t stranger = start(live_until_continued);
    pid_t child = fork_bound();
    if (child == 0) {
        if (fork_bound() == 0)
            live_by_the_default();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        next_report();
        terminate_all(getpid(), LONG);
        _exit(is_childless() ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(guard->strays, 0);
    ck_assert_int_eq(kill(stranger, SIGUSR1), 0);
    ck_assert_int_eq(next_report(), '?');
    ck_assert_int_eq(kill(stranger, SIGKILL), 0);
    ck_assert_int_eq(waitpid(stranger, NULL, 0), stranger);
}

static void other_signals_are_dropped(void)
{
    pid_t pid = start(live_until_continued);
    raise(SIGTERM);
    raise(SIGUSR1);
    end(LONG);
    ck_assert_int_eq(kill(pid, 0), -1);
}

static void one_signal_is_sent_to_all(void)
{
    start_in_other_sessions(live_until_continued);
    ck_assert(terminate_all_signal(getpid(), SIGUSR2, NEVER));
    ck_assert_int_eq(next_report(), '?');
    ck_assert_int_eq(next_report(), '?');
    ck_assert(terminate_all_signal(getpid(), 0, NEVER));
    end(LONG);
}

/* Processes that end are reaped meanwhile: a process that forks and exits for ever must not fill
 * /proc faster than it is searched. */
static void the_dead_are_nobody(void)
{
    pid_t pid = fork_bound();
    if (pid == 0) {
        add_member(getpid());
        _exit(EXIT_SUCCESS);
    }
    siginfo_t info;
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert(!terminate_all_signal(getpid(), SIGTERM, NEVER));
    ck_assert_int_eq(waitpid(pid, NULL, 0), -1);
}

#define BOTH_WAYS(name, body)                                                                      \
    START_TEST(name)                                                                               \
    {                                                                                              \
        prepare(true);                                                                             \
        body();                                                                                    \
    }                                                                                              \
    END_TEST                                                                                       \
    START_TEST(name##_without_pidfds)                                                              \
    {                                                                                              \
        prepare(false);                                                                            \
        body();                                                                                    \
        ck_assert_int_gt(refusals, 0);                                                             \
    }                                                                                              \
    END_TEST

/* Without a child no search is made, so no pidfd is opened. */
START_TEST(no_process)
{
    prepare(false);
    no_process_is_there();
    ck_assert_int_eq(refusals, 0);
}
END_TEST

BOTH_WAYS(asked, all_are_asked_to_end)
BOTH_WAYS(stopped, the_stopped_are_continued)
BOTH_WAYS(killed, a_process_that_does_not_end_is_killed)
BOTH_WAYS(killed_in_sessions, also_in_other_sessions)
BOTH_WAYS(orphan, a_child_without_a_parent_ends_too)
BOTH_WAYS(dropped, other_signals_are_dropped)
BOTH_WAYS(sent, one_signal_is_sent_to_all)
BOTH_WAYS(dead, the_dead_are_nobody)

START_TEST(strangers)
{
    prepare(true);
    strangers_are_left_alone();
}
END_TEST

START_TEST(strangers_without_pidfds)
{
    prepare(false);
    strangers_are_left_alone();
}
END_TEST

int main(void)
{
    return RUN_TESTS("terminate_all", no_process, asked, asked_without_pidfds, stopped,
                     stopped_without_pidfds, killed, killed_without_pidfds, killed_in_sessions,
                     killed_in_sessions_without_pidfds, orphan, orphan_without_pidfds, dropped,
                     dropped_without_pidfds, sent, sent_without_pidfds, dead, dead_without_pidfds,
                     strangers, strangers_without_pidfds);
}
