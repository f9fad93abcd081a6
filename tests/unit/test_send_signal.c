/*
 * test_send_signal.c - signals to processes for which kill(2) fails with EPERM, and to all
 * processes of a set. The first needs root.
 *
 * The test gives up CAP_KILL. It then may not signal its children of another user, as root may not
 * in a container without that capability.
 */
#include "process/send_signal.h"

#include "process/signals.h"

#include "kit.h"
#include "syscall_kit.h"

enum { UID = 12345, CAP_SETUID = 7, CAP_KILL = 5, MOST = 64 };

/* ---- a kernel without pidfds; processes that come late ---- */

static bool no_pidfds;

static long play_call(long number, const long words[CALL_WORDS])
{
    return no_pidfds && number == SYS_pidfd_open ? missing_call() : real_call(number, words);
}

static pid_t seen[MOST]; /* the processes that a search of /proc finds */
static int seen_count, walks, seen_later;

bool __wrap_procfs_walk(int *at, bool (*visit)(pid_t, void *), void *context);
bool __wrap_procfs_walk(int *at, bool (*visit)(pid_t, void *), void *context)
{
    int late = walks++ == 0 ? seen_later : 0;
    bool more = true;
    (void)at;
    for (int i = 0; i < seen_count - late && more; i++)
        more = visit(seen[i], context);
    return more;
}

/* ---- children ---- */

static void give_up(unsigned capabilities)
{
    struct {
        uint32_t version;
        int pid;
    } header = {0x20080522, 0};
    struct {
        uint32_t effective, permitted, inheritable;
    } sets[2];
    ck_assert_int_eq(__real_syscall(SYS_capget, &header, sets), 0);
    sets[0].effective &= ~capabilities;
    sets[0].permitted &= ~capabilities;
    ck_assert_int_eq(__real_syscall(SYS_capset, &header, sets), 0);
}

static pid_t live(void *uid)
{
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork_bound();
    if (pid == 0) {
        bool is = setresuid(*(uid_t *)uid, *(uid_t *)uid, *(uid_t *)uid) == 0;
        signal(SIGTERM, SIG_DFL);
        if (is && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && write(ready[1], "", 1) == 1)
            pause();
        _exit(EXIT_FAILURE);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void start(struct promise *child, uid_t uid)
{
    ck_assert_int_eq(children_spawn(child, live, &uid), 0);
}

static int end_of(struct promise *child)
{
    int status;
    while (!children_resolved(child, &status)) {
        siginfo_t info;
        ck_assert_int_eq(waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT), 0);
        children_sigchld();
    }
    return status;
}

#define NEEDS_ROOT                                                                                 \
    if (geteuid() != 0)                                                                            \
    return

START_TEST(as_the_owner)
{
    NEEDS_ROOT;
    struct promise child;
    bool refused;
    start(&child, UID);
    give_up(1U << CAP_KILL);
    ck_assert(!send_signal_is_unlimited());
    ck_assert_int_eq(children_signal(&child, SIGTERM, REACH_CHILD), EPERM);
    ck_assert_int_eq(send_signal_to_child(&child, SIGTERM, NULL, REACH_CHILD, &refused), 0);
    ck_assert(refused);
    ck_assert_int_eq(geteuid(), 0);
    ck_assert_int_eq(WTERMSIG(end_of(&child)), SIGTERM);
    ck_assert(is_childless());
    ck_assert_int_eq(send_signal_to_child(&child, SIGTERM, NULL, REACH_CHILD, &refused), ESRCH);
    ck_assert_int_eq(send_signal_by_pidfd(-1, child.pid, SIGTERM), ESRCH);
}
END_TEST

START_TEST(an_own_child_is_not_refused)
{
    struct promise child;
    bool refused;
    start(&child, getuid());
    ck_assert_int_eq(send_signal_to_child(&child, SIGTERM, NULL, REACH_CHILD, &refused), 0);
    ck_assert(!refused);
    ck_assert_int_eq(WTERMSIG(end_of(&child)), SIGTERM);
}
END_TEST

START_TEST(a_value_is_passed_on_to_a_child_and_not_to_a_group)
{
    siginfo_t queued = {.si_code = SI_QUEUE}, sent = {.si_code = SI_USER};
    ck_assert_ptr_eq(send_signal_value(&queued, SIGUSR1, REACH_CHILD), &queued);
    ck_assert_int_eq(queued.si_signo, SIGUSR1);
    ck_assert_ptr_null(send_signal_value(&queued, SIGUSR1, REACH_GROUP));
    ck_assert_ptr_null(send_signal_value(&sent, SIGUSR1, REACH_CHILD));
    ck_assert_ptr_null(send_signal_value(NULL, SIGUSR1, REACH_CHILD));
}
END_TEST

START_TEST(without_the_right_to_change)
{
    NEEDS_ROOT;
    struct promise child;
    struct text text;
    char words[128];
    start(&child, UID);
    give_up(1U << CAP_KILL | 1U << CAP_SETUID);
    ck_assert_int_eq(send_signal_to_child(&child, SIGTERM, NULL, REACH_CHILD, NULL), EPERM);
    ck_assert(!children_resolved(&child, NULL));
    ck_assert(!send_signal_refusal_is_said());
    text_clear(&text);
    send_signal_append_refusal(&text, "web", child.pid, false);
    snprintf(words, sizeof words,
             "may not signal web (pid %d), which is uid %d's: CAP_KILL is missing", child.pid, UID);
    ck_assert_str_eq(text.bytes, words);
    ck_assert(send_signal_refusal_is_said());
    text_clear(&text);
    send_signal_append_refusal(&text, "web", child.pid, true);
    ck_assert_ptr_ne(strstr(text.bytes, "missing; signals are sent as that user"), NULL);
}
END_TEST

static bool is_anybody(const struct process *process, void *unused)
{
    (void)process, (void)unused;
    return true;
}

static void each_is_told_once_and_those_that_come_late(void)
{
    struct promise children[3];
    seen_count = COUNT(children);
    seen_later = 1;
    for (size_t i = 0; i < COUNT(children); i++) {
        start(&children[i], getuid());
        seen[i] = children[i].pid;
    }
    struct send_result sent = send_signal_to_all(SIGTERM, NEVER, is_anybody, NULL);
    ck_assert(sent.is_sent);
    ck_assert_int_eq(sent.refused, 0);
    ck_assert_int_eq(walks, 3); /* the second search finds the last, the third no new one */
    for (size_t i = 0; i < COUNT(children); i++)
        ck_assert_int_eq(WTERMSIG(end_of(&children[i])), SIGTERM);
    ck_assert(!send_signal_to_all(SIGTERM, NEVER, is_anybody, NULL).is_sent);
}

/* The signal is refused while the process lives; it is reaped before its user is looked up. */
START_TEST(one_that_is_reaped_meanwhile_is_gone)
{
    pid_t pid = fork_bound();
    if (pid == 0)
        _exit(EXIT_SUCCESS);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(send_signal_by_pidfd(-1, pid, SIGKILL), ESRCH);
}
END_TEST

START_TEST(all)
{
    each_is_told_once_and_those_that_come_late();
}
END_TEST

START_TEST(all_without_pidfds)
{
    no_pidfds = true;
    each_is_told_once_and_those_that_come_late();
}
END_TEST

START_TEST(zero_ends_at_the_first)
{
    struct promise child;
    start(&child, getuid());
    seen[0] = seen[1] = child.pid;
    seen_count = 2;
    ck_assert(send_signal_to_all(0, NEVER, is_anybody, NULL).is_sent);
    ck_assert_int_eq(walks, 1);
    ck_assert_int_eq(send_signal_to_child(&child, SIGKILL, NULL, REACH_CHILD, NULL), 0);
    end_of(&child);
}
END_TEST

/* Each search finds a new process: they fork on and on. */
static bool forks_on(const struct process *process, void *unused)
{
    (void)process, (void)unused;
    seen[0] = getppid() == seen[0] ? getpid() : getppid();
    return true;
}

START_TEST(a_process_that_forks_on_does_not_delay_the_signals)
{
    seen[0] = getppid();
    seen_count = 1;
    ck_assert(send_signal_to_all(SIGCONT, clock_now(), forks_on, NULL).is_sent);
    ck_assert_int_eq(walks, 1);
}
END_TEST

START_TEST(the_dead_are_reaped)
{
    seen[0] = fork_bound();
    seen_count = 1;
    if (seen[0] == 0)
        _exit(EXIT_SUCCESS);
    ck_assert_int_eq(waitid(P_PID, (id_t)seen[0], &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    ck_assert(!send_signal_to_all(SIGTERM, NEVER, is_anybody, NULL).is_sent);
    ck_assert(is_childless());
}
END_TEST

START_TEST(those_of_another_user)
{
    NEEDS_ROOT;
    struct promise child;
    start(&child, UID);
    seen[0] = child.pid;
    seen_count = 1;
    give_up(1U << CAP_KILL);
    struct send_result sent = send_signal_to_all(SIGTERM, NEVER, is_anybody, NULL);
    ck_assert(sent.is_sent);
    ck_assert_int_eq(sent.refused, 0);
    ck_assert_int_eq(WTERMSIG(end_of(&child)), SIGTERM);
}
END_TEST

START_TEST(those_that_are_refused_are_counted)
{
    NEEDS_ROOT;
    struct promise child;
    start(&child, UID);
    seen[0] = child.pid;
    seen_count = 1;
    give_up(1U << CAP_KILL | 1U << CAP_SETUID);
    struct send_result sent = send_signal_to_all(SIGTERM, NEVER, is_anybody, NULL);
    ck_assert(!sent.is_sent);
    ck_assert_int_eq(sent.refused, 1);
    ck_assert_int_eq(sent.first_refused.pid, child.pid);
    ck_assert_int_eq(kill(child.pid, 0), -1);
}
END_TEST

int main(void)
{
    return RUN_TESTS("send_signal", as_the_owner, an_own_child_is_not_refused,
                     a_value_is_passed_on_to_a_child_and_not_to_a_group,
                     without_the_right_to_change, one_that_is_reaped_meanwhile_is_gone, all,
                     all_without_pidfds, zero_ends_at_the_first,
                     a_process_that_forks_on_does_not_delay_the_signals, the_dead_are_reaped,
                     those_of_another_user, those_that_are_refused_are_counted);
}
