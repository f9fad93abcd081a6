/*
 * test_pidfds.c - the list of the dead: who is on it is reaped without a search, and who is not is reaped all the same.
 *
 * As in foster the children are started by a second thread, which stays: a search among the first thread's own children
 * does not find them. The wrapped syscall counts the searches among all, and plays a kernel that refuses.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "children_kit.h"
#include "foster.h"
#include "lock.h"
#include "pidfds.h"

enum {
    TEST_LIMIT = 20,
    AT_A_TIME = 8 /* pidfds.c */,
    MOST = 40,
    EXPECTED = 200 /* the least */,
    NUMBERS_EACH = 4,
    BROTHERS = 2
};

/* ---- a kernel that counts, and may refuse ---- */

static int searches;        /* wait4 for anybody, of all threads */
static bool gives_out_none; /* wait4 for one: a debugger has it */

static struct refusal {
    long number; /* of the system call; 0: none */
    int error;
    int later; /* so many succeed before */
} refusal;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static bool is_refused(long number)
{
    return refusal.number != 0 && number == refusal.number && refusal.later-- <= 0;
}

long __wrap_syscall(long number, ...)
{
    long words[WORDS] = {0};
    va_list list;
    va_start(list, number);
    take_words(words, number, list);
    va_end(list);
    if (is_refused(number)) {
        errno = refusal.error;
        return -1;
    }
    if (number == SYS_wait4 && (pid_t)words[0] == -1 && ((int)words[2] & __WNOTHREAD) == 0)
        searches++;
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

static void list(void)
{
    children_expect(EXPECTED);
    children_use_pidfds();
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

/* ---- who is on the list ---- */

static const int crowds[] = {1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1, MOST};

static void assert_listed_are_reaped(int before)
{
    assert_nobody_is_resolved();
    for (int i = 0; i < child_count; i++)
        ck_assert_int_ge(children[i].pidfd, EXPECTED); /* above the program's own */
    errno = EDOM;
    children_sigchld_of(children[0].pid);
    ck_assert_int_eq(errno, EDOM);
    assert_all_resolved();
    ck_assert_int_eq(searches, 0);
    ck_assert_int_eq(orphans, 0);
    ck_assert_int_eq(open_descriptors(), before + 1); /* the list */
}

START_TEST(the_listed_are_reaped_without_a_search)
{
    int before = open_descriptors();
    list();
    spawn_and_let_die(crowds[_i]);
    assert_listed_are_reaped(before);
}
END_TEST

/* Dead and alive, there when the list begins. */
START_TEST(also_those_that_were_there_before)
{
    int before = open_descriptors();
    children_expect(EXPECTED);
    spawn_and_let_die(crowds[_i]);
    children_use_pidfds();
    assert_listed_are_reaped(before);
}
END_TEST

/* The living stay, also where the signal names somebody who is none of ours, or is reaped already. */
START_TEST(the_living_are_left)
{
    list();
    spawn(2, start_living);
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

static pid_t start_dead(void *code)
{
    pid_t pid = start_exit(code);
    wait_for_death(pid);
    return pid;
}

START_TEST(who_died_before_it_was_listed)
{
    list();
    spawn(2, start_dead);
    children_sigchld_of(getpid());
    assert_all_resolved();
    ck_assert_int_eq(searches, 0);
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
    ck_assert_int_ge(daemon.pidfd, EXPECTED);
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
    spawn_and_let_die(crowds[_i]);
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
    children_sigchld_of(children[1].pid);
    ck_assert(!children_resolved(&children[1], NULL));
    lock_drop();
    ck_assert_int_eq(children_signal(living, SIGKILL, REACH_CHILD), 0);
    ck_assert(children_resolved(&children[1], NULL) && children_resolved(&children[2], NULL));
}
END_TEST

/* ---- without a list ---- */

static const struct refusal refusals[] = {
    {SYS_epoll_create1, EMFILE, 0}, {SYS_fcntl, EMFILE, 0},      {SYS_fcntl, EMFILE, 1},     {SYS_fcntl, EMFILE, 3},
    {SYS_pidfd_open, ENOSYS, 0},    {SYS_pidfd_open, EMFILE, 2}, {SYS_epoll_ctl, ENOSPC, 0}, {SYS_epoll_ctl, ENOSPC, 4},
};

/* From the first that cannot be listed on, and no descriptor is left over. */
START_TEST(without_a_list_all_are_searched)
{
    int before = open_descriptors();
    refusal = refusals[_i / 2];
    children_expect(EXPECTED);
    if (_i % 2 == 0)
        children_use_pidfds();
    spawn_and_let_die(5);
    if (_i % 2 == 1)
        children_use_pidfds(); /* later */
    ck_assert(!pidfds_are_used());
    children_sigchld_of(children[1].pid);
    assert_all_resolved();
    ck_assert_int_gt(searches, 0);
    ck_assert_int_eq(open_descriptors(), before);
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
    tcase_add_checked_fixture(tcase, setup, NULL);
    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, the_listed_are_reaped_without_a_search, 0, COUNT_OF(crowds));
    tcase_add_loop_test(tcase, also_those_that_were_there_before, 0, COUNT_OF(crowds));
    tcase_add_test(tcase, the_living_are_left);
    tcase_add_test(tcase, a_promise_is_used_again);
    tcase_add_test(tcase, who_died_before_it_was_listed);
    tcase_add_test(tcase, orphans_are_reaped_without_a_search);
    tcase_add_test(tcase, an_orphan_that_is_taken_over_is_listed);
    tcase_add_test(tcase, brothers_are_searched_for);
    tcase_add_loop_test(tcase, who_is_dead_but_a_debuggers_is_reaped_later, 0, COUNT_OF(crowds));
    tcase_add_loop_test(tcase, a_signal_from_outside_has_all_searched, 0, COUNT_OF(outsiders));
    tcase_add_test(tcase, the_unlocker_reaps);
    tcase_add_loop_test(tcase, without_a_list_all_are_searched, 0, 2 * COUNT_OF(refusals));
    tcase_add_loop_test(tcase, the_list_needs_no_more_than_half_of_the_descriptors, 0, 2);
    tcase_add_test(tcase, until_there_is_a_list_all_are_searched);
    tcase_add_loop_test(tcase, nobody_is_listed_unless_many_are_expected, 0, 2);
    return run_suite(suite);
}
