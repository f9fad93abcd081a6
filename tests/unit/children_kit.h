/* children_kit.h - helpers of the tests of src/children: deadlines, children, system calls, main().
 */
#ifndef CHILDREN_KIT_H
#define CHILDREN_KIT_H

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000 * 1000, NS_PER_SECOND = 1000 * 1000 * 1000 };

/* The time in so many milliseconds, of CLOCK_MONOTONIC. */
static inline struct timespec from_now(long ms)
{
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    moment.tv_sec += ms / MS_PER_SECOND;
    moment.tv_nsec += ms % MS_PER_SECOND * NS_PER_MS;
    if (moment.tv_nsec >= NS_PER_SECOND) {
        moment.tv_sec++;
        moment.tv_nsec -= NS_PER_SECOND;
    }
    return moment;
}

static inline bool is_past(struct timespec moment)
{
    struct timespec now = from_now(0);
    return now.tv_sec > moment.tv_sec ||
           (now.tv_sec == moment.tv_sec && now.tv_nsec >= moment.tv_nsec);
}

/* Sleeps a millisecond in a loop that polls; fails the test after the deadline. */
static inline void look_again_soon(struct timespec deadline)
{
    static const struct timespec a_moment = {.tv_nsec = NS_PER_MS};
    ck_assert_msg(!is_past(deadline), "the deadline passed");
    nanosleep(&a_moment, NULL);
}

/* Waits until the child is a zombie, and does not reap it. Returns at once if it has been reaped.
 */
static inline void wait_for_end(pid_t pid)
{
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        ;
}

/* True if the process has no children, zombies included. */
static inline bool has_no_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0;
}

/* Has the calling process killed when its parent ends, so that none is left when a run is cut
 * short. A test has a process group of its own, so no other process would do it. */
static inline void die_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/* A children_start. */
static inline pid_t start_exit(void *code)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(*(int *)code);
    return pid;
}

/* A child that runs until a signal ends it, or until its parent ends. */
static inline pid_t start_living(void *unused)
{
    (void)unused;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    die_with_parent();
    for (;;)
        pause();
}

/* A held child reads one byte from the gate and then continues. It ends with the test too, because
 * only the test has the other end open. */
static __attribute__((unused)) int gate[2];

static inline void open_gate(int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(write(gate[1], "", 1), 1);
}

static inline void pass_gate(void)
{
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1)
        _exit(EXIT_FAILURE);
}

static inline pid_t start_held(void *code)
{
    pid_t pid = fork();
    if (pid == 0) {
        pass_gate();
        _exit(*(int *)code);
    }
    return pid;
}

/* Forks twice, and returns the pid of a held orphan. It is our child, as this process is a
 * subreaper.
 */
static inline pid_t make_orphan(int code)
{
    int report[2];
    ck_assert_int_eq(pipe(report), 0);
    pid_t parent = fork();
    if (parent == 0) {
        pid_t child = start_held(&code);
        _exit(write(report[1], &child, sizeof child) == sizeof child ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    pid_t child;
    ck_assert_int_eq(read(report[0], &child, sizeof child), sizeof child);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    return child;
}

enum { WORDS = 6 };

/* Reads the arguments of a system call, and not more than were passed, which would be a read beyond
 * them. */
static inline void take_words(long words[WORDS], long number, va_list list)
{
    enum { WAKE = 1, WAKE_WORDS = 3, OPERATION = 0x7f }; /* linux/futex.h */
    int count = number == SYS_futex || number == SYS_epoll_pwait ? WORDS : WORDS - 1;
    for (int i = 0; i < count; i++) {
        words[i] = va_arg(list, long);
        if (number == SYS_futex && i == 1 && (words[i] & OPERATION) == WAKE)
            count = WAKE_WORDS;
    }
}

/* Runs the tests and returns the exit status for main(). Each test runs in a process of its own, so
 * that it does not see the children of the others. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_FORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
