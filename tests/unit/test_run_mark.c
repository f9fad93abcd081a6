/*
 * test_run_mark.c - the processes that a run has left are found, and no others.
 *
 * The test process plays foster. A run is a child of it that leads a process group, leaves a
 * process behind, and is reaped. guard_kit.h keeps signals from other processes of the machine.
 */
#include "process/run_mark.h"

#include <grp.h>
#include <pthread.h>
#include <sys/resource.h>

#include "base/file.h"
#include "process/procfs.h"
#include "process/signals.h"

#include "guard_kit.h"

enum { MARK = 4242, OTHER = 4243, UID = 12345 };

/* ---- a machine that lacks things ---- */

static int walks;
static bool no_children_file, no_proc;

ssize_t __real_file_head(const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head(const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head(const char *path, char *buffer, size_t size)
{
    return no_proc ? -1 : __real_file_head(path, buffer, size);
}

/* The list of children. */
ssize_t __real_file_head_again(int *fd, const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head_again(int *fd, const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head_again(int *fd, const char *path, char *buffer, size_t size)
{
    return no_proc || no_children_file ? -1 : __real_file_head_again(fd, path, buffer, size);
}

bool __real_procfs_is_ours(void);
bool __wrap_procfs_is_ours(void);
bool __wrap_procfs_is_ours(void)
{
    return !no_proc && __real_procfs_is_ours();
}

bool __real_procfs_walk(int *at, bool (*visit)(pid_t, void *), void *context);
bool __wrap_procfs_walk(int *at, bool (*visit)(pid_t, void *), void *context);
bool __wrap_procfs_walk(int *at, bool (*visit)(pid_t, void *), void *context)
{
    walks++;
    return __real_procfs_walk(at, visit, context);
}

/* ---- the processes that are left ---- */

/* Reports each signal; TERM is the last. */
static void live(void)
{
    siginfo_t info;
    int signal;
    join();
    while ((signal = signals_wait(&info, clock_now() + TEST_SECONDS * MS_PER_SECOND)) != 0 &&
           signal != SIGTERM)
        report('?');
    report(signal == SIGTERM ? 'T' : '0');
    _exit(EXIT_SUCCESS);
}

static void in_its_group(void)
{
}

static void in_another_session(void)
{
    setsid();
}

static void as_another_user(void)
{
    setsid();
    if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setgid(UID) == -1 || setuid(UID) == -1))
        _exit(EXIT_FAILURE);
}

/* A run with that mark, which leaves a process behind: its group. It is reaped. */
static pid_t run(unsigned mark, void (*hide)(void))
{
    pid_t pid = fork_bound();
    if (pid == 0) {
        setpgid(0, 0);
        if (mark != 0)
            run_mark_set(mark);
        if (fork() == 0) {
            hide();
            live();
        }
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(next_report(), 'r');
    add_member(-pid);
    return pid;
}

static bool send_to(pid_t group, unsigned mark, int signal)
{
    struct run_mark_walk walk = {.signal = (unsigned char)signal};
    struct ended_run run = {getpid(), group, mark};
    bool left;
    do
        left = run_mark_look(&run, &walk);
    while (walk.at != 0);
    ck_assert_int_eq(guard->strays, 0);
    ck_assert_int_eq(walk.signal, signal == SIGKILL ? SIGKILL : 0);
    return left;
}

/* The process is found, gets the signal once, and ends; then none is left, neither as a zombie nor
 * later. */
static void assert_found(pid_t group, unsigned mark)
{
    siginfo_t info;
    ck_assert(send_to(group, mark, 0));
    ck_assert(send_to(group, mark, SIGUSR1));
    ck_assert_int_eq(next_report(), '?');
    ck_assert(send_to(group, mark, SIGTERM));
    ck_assert_int_eq(next_report(), 'T');
    ck_assert(!has_report(0));
    ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
    if (!no_proc)
        ck_assert(!send_to(group, mark, 0));
    ck_assert_int_eq(waitpid(-1, NULL, 0), info.si_pid);
    ck_assert(!send_to(group, mark, 0));
}

static void prepare(void)
{
    guard_begin();
    probes_may_stray = true;
    signals_block(&(struct signal_state){0});
}

static void end(void)
{
    for (int i = 0; i < guard->count; i++)
        kill(guard->members[i], SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

/* ---- found ---- */

START_TEST(no_process_is_left)
{
    prepare();
    pid_t pid = fork_bound();
    if (pid == 0)
        _exit(EXIT_SUCCESS);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert(!send_to(pid, MARK, SIGTERM));
    ck_assert_int_eq(walks, 0);
    no_children_file = true;
    ck_assert(!send_to(pid, MARK, SIGTERM));
    ck_assert_int_eq(walks, 1);
}
END_TEST

/* As in foster, the supervisor's thread starts the services, and the main thread gets the orphans.
 * A running service costs no search of /proc, and the process that another has left is found. */
static void *supervise(void *unused)
{
    pid_t service = fork_bound();
    if (service == 0) {
        pause();
        _exit(EXIT_FAILURE);
    }
    ck_assert(!send_to(INT_MAX, MARK, 0));
    ck_assert_int_eq(walks, 0);
    pid_t group = run(MARK, in_another_session);
    ck_assert(send_to(group, MARK, SIGTERM));
    ck_assert_int_eq(next_report(), 'T');
    ck_assert_int_eq(walks, 1);
    add_member(service);
    return unused;
}

START_TEST(services_of_another_thread)
{
    pthread_t supervisor;
    prepare();
    ck_assert_int_eq(pthread_create(&supervisor, NULL, supervise, NULL), 0);
    ck_assert_int_eq(pthread_join(supervisor, NULL), 0);
    end();
}
END_TEST

START_TEST(one_in_the_group)
{
    prepare();
    assert_found(run(0, in_its_group), 0);
    assert_found(run(0, in_its_group), MARK);
    assert_found(run(MARK, in_its_group),
                 MARK); /* found by group and by mark, and signalled once */
}
END_TEST

START_TEST(one_in_another_session)
{
    prepare();
    assert_found(run(MARK, in_another_session), MARK);
    ck_assert_int_gt(walks, 0);
    assert_found(run(UINT_MAX, in_another_session), UINT_MAX);
}
END_TEST

START_TEST(one_of_another_user)
{
    prepare();
    assert_found(run(MARK, as_another_user), MARK);
}
END_TEST

START_TEST(without_the_list_of_children)
{
    prepare();
    no_children_file = true;
    assert_found(run(MARK, in_another_session), MARK);
}
END_TEST

START_TEST(without_pidfds)
{
    prepare();
    no_pidfds = true;
    assert_found(run(MARK, in_another_session), MARK);
    assert_found(run(0, in_its_group), 0);
}
END_TEST

START_TEST(without_proc_only_the_group)
{
    prepare();
    no_proc = true;
    ck_assert(!send_to(run(MARK, in_another_session), MARK, SIGTERM));
    end();
    assert_found(run(MARK, in_its_group), MARK);
}
END_TEST

/* ---- not found ---- */

START_TEST(processes_of_another_run)
{
    prepare();
    pid_t group = run(MARK, in_another_session);
    run(OTHER, in_its_group);
    run(0, in_its_group);
    ck_assert(!send_to(group, 0, SIGTERM));
    ck_assert(!send_to(group, 42, SIGTERM));    /* the beginning of the mark */
    ck_assert(!send_to(group, 42424, SIGTERM)); /* and more than it */
    ck_assert(send_to(group, MARK, SIGTERM));
    ck_assert_int_eq(next_report(), 'T');
    ck_assert(!has_report(0));
    end();
}
END_TEST

/* foster may carry the same mark, if it is a service itself. */
START_TEST(foster_itself)
{
    prepare();
    no_children_file = true;
    run_mark_set(MARK);
    ck_assert(!send_to(getpid(), MARK, SIGTERM));
}
END_TEST

/* Our sibling carries the mark, and is in a group of that number. */
START_TEST(strangers)
{
    int status;
    prepare();
    pid_t stranger = fork_bound();
    if (stranger == 0) {
        run_mark_set(MARK);
        live();
    }
    ck_assert_int_eq(next_report(), 'r');
    pid_t foster = fork_bound();
    if (foster == 0) {
        no_children_file = true;
        _exit(send_to(getpgid(stranger), MARK, SIGUSR1) ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(foster, &status, 0), foster);
    ck_assert_int_eq(status, 0);
    ck_assert(!has_report(0));
    end();
}
END_TEST

/* The number of the group is that of a living process: a new one, and its group is not the one we
 * mean. */
START_TEST(a_number_that_is_anothers_by_now)
{
    prepare();
    pid_t leader = fork_bound();
    if (leader == 0) {
        setpgid(0, 0);
        live();
    }
    ck_assert_int_eq(next_report(), 'r');
    ck_assert(!send_to(leader, MARK, SIGTERM));
    no_proc = true;
    ck_assert(!send_to(leader, MARK, SIGTERM));
    ck_assert(!has_report(0));
    end();
}
END_TEST

/* ---- the mark ---- */

START_TEST(the_hard_limit_stays)
{
    struct rlimit limit = {.rlim_cur = 100, .rlim_max = 5000};
    ck_assert_int_eq(setrlimit(RLIMIT_LOCKS, &limit), 0);
    run_mark_set(MARK);
    ck_assert_int_eq(getrlimit(RLIMIT_LOCKS, &limit), 0);
    ck_assert_uint_eq(limit.rlim_cur, MARK);
    ck_assert_uint_eq(limit.rlim_max, 5000);
    run_mark_set(5001); /* may not be: nothing happens */
    ck_assert_int_eq(getrlimit(RLIMIT_LOCKS, &limit), 0);
    ck_assert_uint_eq(limit.rlim_cur, MARK);
}
END_TEST

int main(void)
{
    return RUN_TESTS("run_mark", no_process_is_left, services_of_another_thread, one_in_the_group,
                     one_in_another_session, one_of_another_user, without_the_list_of_children,
                     without_pidfds, without_proc_only_the_group, processes_of_another_run,
                     foster_itself, strangers, a_number_that_is_anothers_by_now,
                     the_hard_limit_stays);
}
