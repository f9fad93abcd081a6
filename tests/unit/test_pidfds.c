/*
 * test_pidfds.c - the list of the dead: who is on it is reaped without a search, and who is not is
 * reaped all the same.
 *
 * As in foster the children are started by a second thread, which stays: a search among the first
 * thread's own children does not find them. The wrapped syscall counts the searches among all, and
 * plays a kernel that refuses.
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
    BROTHERS = 2
};

/* ---- a kernel that counts, and may refuse ---- */

static int searches;        /* wait4 for anybody, of all threads */
static int pidfds_opened;   /* and by whom they may be */
static int calls_of_others; /* that open, list or close a descriptor: none, for their table may be
                               another */
static bool gives_out_none; /* wait4 for one: a debugger has it */

static struct refusal {
    long number; /* of the system call; 0: none */
    int error;
    int later; /* so many succeed before */
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

/* The code tells them apart. */
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

static void spawn_and_let_die(int count)
{
    spawn(count, start_exit);
    for (int i = 0; i < count; i++)
        wait_for_death(children[i].pid);
}

/* Until all who are there are listed. */
static void let_list(void)
{
    while (children_sigchld_of(0))
        ;
    searches = 0;
}

static void list(void)
{
    children_expect(EXPECTED);
    children_use_pidfds();
    let_list();
}

static void let_die(void)
{
    open_gate(child_count);
    for (int i = 0; i < child_count; i++)
        wait_for_death(children[i].pid);
}

static void spawn_listed(int count)
{
    spawn(count, start_held);
    let_list();
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

static void assert_nobody_is_resolved(void)
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
    wait_for_death(pid);
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

/* ---- who is on the list ---- */

static const int crowds[] = {1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1, MOST};

/* The descriptors that there were before, and the list. */
static void assert_listed_are_reaped(int before)
{
    assert_nobody_is_resolved();
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
    list();
    spawn_listed(crowds[_i]);
    let_die();
    assert_listed_are_reaped(before);
}
END_TEST

/* Dead and alive, there when the list begins. The first thread is told that it begins. */
START_TEST(also_those_that_were_there_before)
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
    let_die();
    assert_listed_are_reaped(before);
}
END_TEST

/* The living stay, also where the signal names somebody who is none of ours, or is reaped already.
 */
START_TEST(the_living_are_left)
{
    list();
    spawn(2, start_living);
    let_list();
    end(children[1].pid);
    children_sigchld_of(getpid());
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert(children_resolved(&children[1], NULL));
    children_sigchld_of(children[1].pid);
    children_sigchld_of(children[0].pid); /* it has stopped, say */
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert_int_eq(searches, 0);
    ck_assert_int_eq(children_signal(&children[0], SIGKILL, REACH_CHILD), 0);
}
END_TEST

START_TEST(a_promise_is_used_again)
{
    enum { RUNS = 3 };
    list();
    int before = open_descriptors();
    for (int i = 0; i < RUNS; i++) {
        spawn_and_let_die(2);
        children_sigchld_of(children[1].pid);
        assert_all_resolved();
        ck_assert_int_eq(open_descriptors(), before);
    }
    ck_assert_int_eq(searches, 0);
}
END_TEST

/* Of few who have been started since the last death none is given a pidfd, if they are dead; where
 * there are more, all are searched, and the list is complete again. */
START_TEST(who_died_before_it_was_listed)
{
    int before = open_descriptors();
    list();
    spawn_and_let_die(NOTED_MOST + _i);
    ck_assert(!children_sigchld_of(getpid()));
    assert_all_resolved();
    ck_assert_int_eq(pidfds_opened, 0);
    ck_assert_int_eq(searches != 0, _i != 0);
    ck_assert(pidfds_are_complete());
    ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

/* Their pidfds are closed by the loop's thread, when it comes by. */
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

START_TEST(whom_another_thread_has_reaped)
{
    int before = open_descriptors();
    list();
    spawn_listed(crowds[_i]);
    let_die();
    let_other_thread_reap();
    assert_all_resolved();
    ck_assert_int_eq(open_descriptors(), before + 1 + crowds[_i]);
    children_sigchld_of(getpid());
    ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

/* A child that is forked, and does not exec, keeps a copy of each pidfd. */
START_TEST(a_number_is_closed_once)
{
    list();
    spawn_listed(1);
    int pidfd = children[0].pidfd;
    pid_t keeper = start_living(NULL);
    let_die();
    children_sigchld_of(children[0].pid);
    ck_assert_int_eq(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, pidfd), pidfd);
    children_sigchld_of(getpid());
    ck_assert_int_ne(fcntl(pidfd, F_GETFD), -1);
    ck_assert_int_eq(kill(keeper, SIGKILL), 0);
}
END_TEST

/* clone3(2), Linux 5.5: a child of that pid, which nobody has. */
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

/* The pidfd of a child that another thread has reaped is not the one of him who has its number now.
 */
START_TEST(a_pid_that_is_used_again)
{
    struct promise heir;
    int before = open_descriptors();
    list();
    spawn_listed(1);
    let_die();
    let_other_thread_reap();
    int error = children_spawn(&heir, start_with_pid, &children[0].pid);
    if (error == EPERM || error == ENOSYS)
        return;
    ck_assert_int_eq(error, 0);
    children_sigchld_of(getpid());
    ck_assert(!children_resolved(&heir, NULL));
    ck_assert_int_eq(open_descriptors(), before + 2); /* the list, and one */
    ck_assert_int_ne(heir.pidfd, -1);
    end(heir.pid);
    children_sigchld_of(heir.pid);
    ck_assert(children_resolved(&heir, NULL));
    ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

/* Not on the list, but ours: two, and the signal names one. */
START_TEST(orphans_are_reaped_without_a_search)
{
    list();
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
    list();
    pid_t pid = make_orphan(EXIT_SUCCESS);
    ck_assert_int_eq(children_adopt(&daemon, pid), 0);
    let_list();
    ck_assert_int_ne(daemon.pidfd, -1);
    end(pid);
    children_sigchld_of(pid);
    ck_assert(children_resolved(&daemon, NULL));
    ck_assert_int_eq(orphans, 0);
}
END_TEST

/* ---- who is not ---- */

static int report[2];

/* The kernel makes them children of the thread that started this one. */
static pid_t start_with_brothers(void *unused)
{
    (void)unused;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    die_with_parent();
    for (int i = 0; i < BROTHERS; i++) {
        pid_t brother = (pid_t)__real_syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0, 0);
        if (brother == 0)
            _exit(EXIT_SUCCESS);
        if (write(report[1], &brother, sizeof brother) != sizeof brother)
            _exit(EXIT_FAILURE);
    }
    for (;;)
        pause();
}

START_TEST(brothers_are_searched_for)
{
    pid_t brothers[BROTHERS];
    ck_assert_int_eq(pipe(report), 0);
    list();
    spawn(1, start_with_brothers);
    for (int i = 0; i < BROTHERS; i++) {
        ck_assert_int_eq(read(report[0], &brothers[i], sizeof *brothers), sizeof *brothers);
        wait_for_death(brothers[i]);
    }
    children_sigchld_of(brothers[1]);
    ck_assert_int_eq(orphans, BROTHERS);
    ck_assert_int_gt(searches, 0);
    ck_assert(!children_resolved(&children[0], NULL));
    ck_assert_int_eq(children_signal(&children[0], SIGKILL, REACH_CHILD), 0);
}
END_TEST

/* It is listed all the time, so asking on would never end. */
START_TEST(who_is_dead_but_a_debuggers_is_reaped_later)
{
    list();
    spawn_listed(crowds[_i]);
    let_die();
    gives_out_none = true;
    children_sigchld_of(children[0].pid);
    assert_nobody_is_resolved();
    gives_out_none = false;
    children_sigchld_of(children[0].pid);
    assert_all_resolved();
}
END_TEST

static const pid_t outsiders[] = {0, -1};

START_TEST(a_signal_from_outside_has_all_searched)
{
    list();
    spawn_and_let_die(2);
    children_sigchld_of(outsiders[_i]);
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
}
END_TEST

/* I5: who unlocks searches all, whatever thread it is. */
START_TEST(the_unlocker_reaps)
{
    struct promise *living = &children[0];
    list();
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

/* From the first that cannot be listed on, and no descriptor is left over. */
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
    let_list();
    ck_assert(!pidfds_are_used());
    let_die();
    ck_assert(!children_sigchld_of(children[1].pid));
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
    ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

/* Also those are closed whose children another thread has reaped, and those of the dead that a
 * debugger has. */
START_TEST(the_end_of_a_list_leaves_no_descriptor)
{
    struct promise last;
    int before = open_descriptors();
    list();
    spawn_listed(MOST);
    let_die();
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

/* Half of the descriptors are the program's. */
START_TEST(the_list_needs_no_more_than_half_of_the_descriptors)
{
    children_expect(EXPECTED + _i);
    children_use_pidfds();
    ck_assert_int_eq(pidfds_are_used(), _i == 0);
}
END_TEST

/* Room has been made, but the list has not begun. */
START_TEST(until_there_is_a_list_all_are_searched)
{
    children_expect(EXPECTED);
    spawn_and_let_die(2);
    children_sigchld_of(children[1].pid);
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
}
END_TEST

START_TEST(nobody_is_listed_unless_many_are_expected)
{
    int before = open_descriptors();
    if (_i == 1)
        children_expect(EXPECTED - 1);
    children_use_pidfds();
    spawn_and_let_die(1);
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
    tcase_add_loop_test(tcase, also_those_that_were_there_before, 0, COUNT_OF(crowds));
    tcase_add_test(tcase, the_living_are_left);
    tcase_add_test(tcase, a_promise_is_used_again);
    tcase_add_loop_test(tcase, who_died_before_it_was_listed, 0, 2);
    tcase_add_loop_test(tcase, whom_another_thread_has_reaped, 0, COUNT_OF(crowds));
    tcase_add_test(tcase, a_number_is_closed_once);
    tcase_add_test(tcase, a_pid_that_is_used_again);
    tcase_add_test(tcase, orphans_are_reaped_without_a_search);
    tcase_add_test(tcase, an_orphan_that_is_taken_over_is_listed);
    tcase_add_test(tcase, brothers_are_searched_for);
    tcase_add_loop_test(tcase, who_is_dead_but_a_debuggers_is_reaped_later, 0, COUNT_OF(crowds));
    tcase_add_loop_test(tcase, a_signal_from_outside_has_all_searched, 0, COUNT_OF(outsiders));
    tcase_add_test(tcase, the_unlocker_reaps);
    tcase_add_loop_test(tcase, without_a_list_all_are_searched, 0, 2 * COUNT_OF(refusals));
    tcase_add_loop_test(tcase, the_end_of_a_list_leaves_no_descriptor, 0, 2);
    tcase_add_loop_test(tcase, the_list_needs_no_more_than_half_of_the_descriptors, 0, 2);
    tcase_add_test(tcase, until_there_is_a_list_all_are_searched);
    tcase_add_loop_test(tcase, nobody_is_listed_unless_many_are_expected, 0, 2);
    return run_suite(suite);
}
