/*
 * test_pidfds.c - the list of pidfds: a child that is on it is reaped without a search, and one
 * that is not is reaped too.
 *
 * As in foster the children are started by a second thread, which continues to run: a search among
 * the children of the first thread does not find them. The wrapped syscall counts the searches
 * among all children, and simulates a kernel that refuses.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "children_kit.h"
#include "foster.h"
#include "lock.h"
#include "pidfds.h"

enum {
    TEST_LIMIT = 20,
    AT_A_TIME = 8 /* pidfds.c */,
    NOTED_MOST = 32 /* the same */,
    LISTED_AT_A_TIME = 64 /* children.c */,
    MOST = 2 * LISTED_AT_A_TIME + 2,
    EXPECTED = 200 /* the least */,
    NUMBERS_EACH = 4,
    SIBLINGS = 2
};

/* ---- a simulated kernel, which counts and may refuse ---- */

static int searches; /* calls of wait4 for any child of any thread */
static int pidfds_opened;
static int calls_of_others; /* that other threads make with a descriptor: must be 0 */
static bool gives_out_none; /* wait4 for one child returns 0: a debugger has it */

static struct refusal {
    long number; /* of the system call; 0: none */
    int error;
    int later; /* so many calls succeed before */
} refusal;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static bool is_of_descriptors(long number)
{
    return number == SYS_pidfd_open || number == SYS_epoll_ctl || number == SYS_epoll_pwait ||
           number == SYS_close;
}

static bool is_refused(long number, const long words[WORDS])
{
    if (refusal.number == 0 || number != refusal.number)
        return false;
    return (number != SYS_epoll_ctl || words[1] == EPOLL_CTL_ADD) && refusal.later-- <= 0;
}

static void count(long number, const long words[WORDS])
{
    searches += number == SYS_wait4 && (pid_t)words[0] == -1 && ((int)words[2] & __WNOTHREAD) == 0;
    pidfds_opened += number == SYS_pidfd_open;
    calls_of_others += is_of_descriptors(number) && gettid() != getpid();
}

long __wrap_syscall(long number, ...)
{
    long words[WORDS] = {0};
    va_list list;
    va_start(list, number);
    take_words(words, number, list);
    va_end(list);
    count(number, words);
    if (is_refused(number, words)) {
        errno = refusal.error;
        return -1;
    }
    if (number == SYS_wait4 && (pid_t)words[0] != -1 && gives_out_none)
        return 0;
    return __real_syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

/* ---- children of another thread ---- */

static struct promise children[MOST];
static int child_count;
static sem_t spawned;

/* Each child has its own exit code. */
static void *spawn_all(void *start)
{
    for (int i = 0; i < child_count; i++)
        ck_assert_int_eq(children_spawn(&children[i], *(children_start **)start, &i), 0);
    sem_post(&spawned);
    for (;;)
        pause();
}

static void spawn(int count, children_start *start)
{
    static children_start *starts;
    pthread_t other;
    starts = start;
    child_count = count;
    ck_assert_int_eq(pthread_create(&other, NULL, spawn_all, &starts), 0);
    while (sem_wait(&spawned) == -1)
        ;
}

static void spawn_and_end(int count)
{
    spawn(count, start_exit);
    for (int i = 0; i < count; i++)
        wait_for_end(children[i].pid);
}

/* Until all children are on the list. */
static void complete_list(void)
{
    while (children_sigchld_of(0))
        ;
    searches = 0;
}

static void use_list(void)
{
    children_expect(EXPECTED);
    children_use_pidfds();
    complete_list();
}

static void end_all(void)
{
    open_gate(child_count);
    for (int i = 0; i < child_count; i++)
        wait_for_end(children[i].pid);
}

static void spawn_listed(int count)
{
    spawn(count, start_held);
    complete_list();
    for (int i = 0; i < count; i++)
        ck_assert_int_ne(children[i].pidfd, -1);
}

static void assert_all_resolved(void)
{
    for (int i = 0; i < child_count; i++) {
        int status;
        ck_assert(children_resolved(&children[i], &status));
        ck_assert_int_eq(status, W_EXITCODE(i, 0));
    }
}

static void assert_none_is_resolved(void)
{
    for (int i = 0; i < child_count; i++)
        ck_assert(!children_resolved(&children[i], NULL));
}

static int orphans;

static void watch(pid_t pid, int status)
{
    (void)pid, (void)status;
    orphans++;
}

static void end(pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    wait_for_end(pid);
}

static int open_descriptors(void)
{
    int count = 0;
    DIR *all = opendir("/proc/self/fd");
    ck_assert_ptr_nonnull(all);
    while (readdir(all) != NULL)
        count++;
    closedir(all);
    return count;
}

static void setup(void)
{
    struct rlimit limit;
    die_with_parent();
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    ck_assert_int_eq(sem_init(&spawned, 0, 0), 0);
    ck_assert_int_eq(pipe(gate), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = EXPECTED * NUMBERS_EACH + 1;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    children_watch_orphans(watch);
}

static void teardown(void)
{
    ck_assert_int_eq(calls_of_others, 0);
}

/* ---- children on the list ---- */

static const int crowds[] = {1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1, MOST};

/* The open descriptors must be as many as before, and the list. */
static void assert_listed_are_reaped(int before)
{
    assert_none_is_resolved();
    errno = EDOM;
    ck_assert(!children_sigchld_of(children[0].pid));
    ck_assert_int_eq(errno, EDOM);
    assert_all_resolved();
    ck_assert_int_eq(searches, 0);
    ck_assert_int_eq(orphans, 0);
    ck_assert_int_eq(open_descriptors(), before + 1);
}

START_TEST(the_listed_are_reaped_without_a_search)
{
    int before = open_descriptors();
    use_list();
    spawn_listed(crowds[_i]);
    end_all();
    assert_listed_are_reaped(before);
}
END_TEST

/* Children that exist when the list begins. The first thread is sent a SIGCHLD then. */
START_TEST(children_from_before_the_list_are_listed)
{
    int before = open_descriptors(), calls = 1;
    sigset_t sigchld;
    children_expect(EXPECTED);
    spawn(crowds[_i], start_held);
    sigemptyset(&sigchld);
    sigaddset(&sigchld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &sigchld, NULL);
    children_use_pidfds();
    ck_assert_int_eq(sigtimedwait(&sigchld, NULL, &(struct timespec){0}), SIGCHLD);
    while (children_sigchld_of(0))
        calls++;
    ck_assert_int_eq(calls, crowds[_i] / LISTED_AT_A_TIME + 1);
    searches = 0;
    end_all();
    assert_listed_are_reaped(before);
}
END_TEST

/* Also with the pid of a process that is not our child, or is reaped. */
START_TEST(running_children_are_not_reaped)
{
    use_list();
    spawn(2, start_living);
    complete_list();
    end(children[1].pid);
    children_sigchld_of(getpid());
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert(children_resolved(&children[1], NULL));
    children_sigchld_of(children[1].pid);
    children_sigchld_of(children[0].pid); /* as if it had stopped */
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert_int_eq(searches, 0);
    ck_assert_int_eq(children_signal(&children[0], SIGKILL, REACH_CHILD), 0);
}
END_TEST

START_TEST(a_promise_is_used_again)
{
    enum { RUNS = 3 };
    use_list();
    int before = open_descriptors();
    for (int i = 0; i < RUNS; i++) {
        spawn_and_end(2);
        children_sigchld_of(children[1].pid);
        assert_all_resolved();
        ck_assert_int_eq(open_descriptors(), before);
    }
    ck_assert_int_eq(searches, 0);
}
END_TEST

/* Of a few children that are started and end between two SIGCHLDs none is given a pidfd. If there
 * are more, all children are searched, and the list is complete again. */
START_TEST(child_that_ends_before_it_is_listed)
{
    int before = open_descriptors();
    use_list();
    spawn_and_end(NOTED_MOST + _i);
    ck_assert(!children_sigchld_of(getpid()));
    assert_all_resolved();
    ck_assert_int_eq(pidfds_opened, 0);
    ck_assert_int_eq(searches != 0, _i != 0);
    ck_assert(pidfds_are_complete());
    ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

/* Their pidfds are closed by the signal loop, later. */
static void *reap_in_other_thread(void *unused)
{
    children_sigchld();
    return unused;
}

static void let_other_thread_reap(void)
{
    pthread_t other;
    ck_assert_int_eq(pthread_create(&other, NULL, reap_in_other_thread, NULL), 0);
    pthread_join(other, NULL);
}

START_TEST(child_that_another_thread_has_reaped)
{
    int before = open_descriptors();
    use_list();
    spawn_listed(crowds[_i]);
    end_all();
    let_other_thread_reap();
    assert_all_resolved();
    ck_assert_int_eq(open_descriptors(), before + 1 + crowds[_i]);
    children_sigchld_of(getpid());
    ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

/* A child that is forked and does not exec keeps a copy of each pidfd. */
START_TEST(a_number_is_closed_once)
{
    use_list();
    spawn_listed(1);
    int pidfd = children[0].pidfd;
    pid_t keeper = start_living(NULL);
    end_all();
    children_sigchld_of(children[0].pid);
    ck_assert_int_eq(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, pidfd), pidfd);
    children_sigchld_of(getpid());
    ck_assert_int_ne(fcntl(pidfd, F_GETFD), -1);
    ck_assert_int_eq(kill(keeper, SIGKILL), 0);
}
END_TEST

/* clone3(2), Linux 5.5: a child with this pid, which must be free. */
static pid_t start_with_pid(void *pid)
{
    struct clone_args arguments = {
        .exit_signal = SIGCHLD, .set_tid = (uintptr_t)pid, .set_tid_size = 1};
    pid_t child = (pid_t)__real_syscall(SYS_clone3, &arguments, sizeof arguments, 0, 0, 0, 0);
    if (child != 0)
        return child == -1 ? -errno : child;
    die_with_parent();
    for (;;)
        pause();
}

/* The pidfd of a child that another thread has reaped is not that of the child that has its pid
 * now.
 */
START_TEST(a_pid_that_is_used_again)
{
    struct promise later;
    int before = open_descriptors();
    use_list();
    spawn_listed(1);
    end_all();
    let_other_thread_reap();
    int error = children_spawn(&later, start_with_pid, &children[0].pid);
    if (error == EPERM || error == ENOSYS)
        return;
    ck_assert_int_eq(error, 0);
    children_sigchld_of(getpid());
    ck_assert(!children_resolved(&later, NULL));
    ck_assert_int_eq(open_descriptors(), before + 2); /* the list, and one */
    ck_assert_int_ne(later.pidfd, -1);
    end(later.pid);
    children_sigchld_of(later.pid);
    ck_assert(children_resolved(&later, NULL));
    ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

/* Two orphans, which are not on the list, and SIGCHLD with the pid of one. */
START_TEST(orphans_are_reaped_without_a_search)
{
    use_list();
    spawn(1, start_living);
    pid_t one = make_orphan(EXIT_SUCCESS), other = make_orphan(EXIT_SUCCESS);
    end(one);
    end(other);
    children_sigchld_of(one);
    ck_assert_int_eq(orphans, 2);
    ck_assert_int_eq(searches, 0);
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert_int_eq(children_signal(&children[0], SIGKILL, REACH_CHILD), 0);
}
END_TEST

START_TEST(an_orphan_that_is_taken_over_is_listed)
{
    struct promise daemon;
    use_list();
    pid_t pid = make_orphan(EXIT_SUCCESS);
    ck_assert_int_eq(children_adopt(&daemon, pid), 0);
    complete_list();
    ck_assert_int_ne(daemon.pidfd, -1);
    end(pid);
    children_sigchld_of(pid);
    ck_assert(children_resolved(&daemon, NULL));
    ck_assert_int_eq(orphans, 0);
}
END_TEST

/* ---- children that are not on the list ---- */

static int report[2];

/* clone(2), CLONE_PARENT: the kernel makes siblings children of the thread that started this child.
 */
static pid_t start_with_siblings(void *unused)
{
    (void)unused;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    die_with_parent();
    for (int i = 0; i < SIBLINGS; i++) {
        pid_t sibling = (pid_t)__real_syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0, 0);
        if (sibling == 0)
            _exit(EXIT_SUCCESS);
        if (write(report[1], &sibling, sizeof sibling) != sizeof sibling)
            _exit(EXIT_FAILURE);
    }
    for (;;)
        pause();
}

START_TEST(siblings_are_searched_for)
{
    pid_t siblings[SIBLINGS];
    ck_assert_int_eq(pipe(report), 0);
    use_list();
    spawn(1, start_with_siblings);
    for (int i = 0; i < SIBLINGS; i++) {
        ck_assert_int_eq(read(report[0], &siblings[i], sizeof *siblings), sizeof *siblings);
        wait_for_end(siblings[i]);
    }
    children_sigchld_of(siblings[1]);
    ck_assert_int_eq(orphans, SIBLINGS);
    ck_assert_int_gt(searches, 0);
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert_int_eq(children_signal(&children[0], SIGKILL, REACH_CHILD), 0);
}
END_TEST

/* The kernel names it all the time, so to ask again would never end. */
START_TEST(child_that_a_debugger_has_is_reaped_later)
{
    use_list();
    spawn_listed(crowds[_i]);
    end_all();
    gives_out_none = true;
    children_sigchld_of(children[0].pid);
    assert_none_is_resolved();
    gives_out_none = false;
    children_sigchld_of(children[0].pid);
    assert_all_resolved();
}
END_TEST

static const pid_t outsiders[] = {0, -1};

START_TEST(sigchld_without_a_pid_searches_all)
{
    use_list();
    spawn_and_end(2);
    children_sigchld_of(outsiders[_i]);
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
}
END_TEST

/* I5: the next unlock searches all children, whichever thread it is in. */
START_TEST(unlock_reaps)
{
    struct promise *living = &children[0];
    use_list();
    spawn(3, start_living);
    end(children[1].pid);
    end(children[2].pid);
    lock_take();
    ck_assert(children_sigchld_of(children[1].pid));
    ck_assert(!children_resolved(&children[1], NULL));
    lock_drop();
    ck_assert_int_eq(children_signal(living, SIGKILL, REACH_CHILD), 0);
    ck_assert(children_resolved(&children[1], NULL) && children_resolved(&children[2], NULL));
}
END_TEST

/* ---- without a list ---- */

static const struct refusal refusals[] = {
    {SYS_epoll_create1, EMFILE, 0}, {SYS_fcntl, EMFILE, 0},     {SYS_pidfd_open, ENOSYS, 0},
    {SYS_pidfd_open, EMFILE, 2},    {SYS_epoll_ctl, ENOSPC, 0}, {SYS_epoll_ctl, ENOSPC, 4},
};

/* From the first child that cannot have a pidfd. No descriptor stays open. */
START_TEST(without_a_list_all_are_searched)
{
    int before = open_descriptors();
    refusal = refusals[_i / 2];
    children_expect(EXPECTED);
    if (_i % 2 == 0)
        children_use_pidfds();
    spawn(5, start_held);
    if (_i % 2 == 1)
        children_use_pidfds(); /* later */
    complete_list();
    ck_assert(!pidfds_are_used());
    end_all();
    ck_assert(!children_sigchld_of(children[1].pid));
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
    ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

/* Also the pidfds of children that another thread has reaped, or that a debugger has, are closed.
 */
START_TEST(the_end_of_a_list_leaves_no_descriptor)
{
    struct promise last;
    int before = open_descriptors();
    use_list();
    spawn_listed(MOST);
    end_all();
    if (_i == 0)
        let_other_thread_reap();
    else
        gives_out_none = true;
    ck_assert_int_eq(children_spawn(&last, start_living, NULL), 0);
    refusal = (struct refusal){SYS_pidfd_open, EMFILE, 0};
    children_sigchld_of(getpid());
    ck_assert(!pidfds_are_used());
    ck_assert_int_eq(open_descriptors(), before);
    gives_out_none = false;
    children_sigchld_of(getpid());
    assert_all_resolved();
    ck_assert_int_eq(children_signal(&last, SIGKILL, REACH_CHILD), 0);
}
END_TEST

/* Half of the descriptors are for the rest of the program. */
START_TEST(the_list_needs_no_more_than_half_of_the_descriptors)
{
    children_expect(EXPECTED + _i);
    children_use_pidfds();
    ck_assert_int_eq(pidfds_are_used(), _i == 0);
}
END_TEST

/* There is room for a list, but it has not begun. */
START_TEST(until_there_is_a_list_all_are_searched)
{
    children_expect(EXPECTED);
    spawn_and_end(2);
    children_sigchld_of(children[1].pid);
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
}
END_TEST

START_TEST(there_is_no_list_unless_many_children_are_expected)
{
    int before = open_descriptors();
    if (_i == 1)
        children_expect(EXPECTED - 1);
    children_use_pidfds();
    spawn_and_end(1);
    ck_assert_int_eq(children[0].pidfd, -1);
    ck_assert_int_eq(open_descriptors(), before);
    children_sigchld_of(children[0].pid);
    assert_all_resolved();
}
END_TEST

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    Suite *suite = suite_create("pidfds");
    TCase *tcase = tcase_create("list");
    tcase_set_timeout(tcase, TEST_LIMIT);
    tcase_add_checked_fixture(tcase, setup, teardown);
    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, the_listed_are_reaped_without_a_search, 0, COUNT_OF(crowds));
    tcase_add_loop_test(tcase, children_from_before_the_list_are_listed, 0, COUNT_OF(crowds));
    tcase_add_test(tcase, running_children_are_not_reaped);
    tcase_add_test(tcase, a_promise_is_used_again);
    tcase_add_loop_test(tcase, child_that_ends_before_it_is_listed, 0, 2);
    tcase_add_loop_test(tcase, child_that_another_thread_has_reaped, 0, COUNT_OF(crowds));
    tcase_add_test(tcase, a_number_is_closed_once);
    tcase_add_test(tcase, a_pid_that_is_used_again);
    tcase_add_test(tcase, orphans_are_reaped_without_a_search);
    tcase_add_test(tcase, an_orphan_that_is_taken_over_is_listed);
    tcase_add_test(tcase, siblings_are_searched_for);
    tcase_add_loop_test(tcase, child_that_a_debugger_has_is_reaped_later, 0, COUNT_OF(crowds));
    tcase_add_loop_test(tcase, sigchld_without_a_pid_searches_all, 0, COUNT_OF(outsiders));
    tcase_add_test(tcase, unlock_reaps);
    tcase_add_loop_test(tcase, without_a_list_all_are_searched, 0, 2 * COUNT_OF(refusals));
    tcase_add_loop_test(tcase, the_end_of_a_list_leaves_no_descriptor, 0, 2);
    tcase_add_loop_test(tcase, the_list_needs_no_more_than_half_of_the_descriptors, 0, 2);
    tcase_add_test(tcase, until_there_is_a_list_all_are_searched);
    tcase_add_loop_test(tcase, there_is_no_list_unless_many_children_are_expected, 0, 2);
    return run_suite(suite);
}
