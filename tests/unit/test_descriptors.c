/*
 * test_descriptors.c - descriptors are closed, in each of the three ways. The wrapped functions
 * take close_range(2) and /proc/self/fd away. A child closes them, because the runner of the tests
 * needs its own.
 */
#include "process/descriptors.h"

#include <pthread.h>
#include <sys/resource.h>

#include "base/directory.h"

#include "kit.h"
#include "syscall_kit.h"

/* All are open, but for one low number: there the directory is opened. */
enum { LIMIT = 1000, HOLE = 5 };

static bool no_close_range, no_unshare, no_proc;

static long play_call(long number, const long words[CALL_WORDS])
{
    bool is_missing =
        (no_close_range && number == SYS_close_range) || (no_unshare && number == SYS_unshare);
    return is_missing ? missing_call() : real_call(number, words);
}

bool __real_directory_open(struct directory *directory, const char *path);
bool __wrap_directory_open(struct directory *directory, const char *path);
bool __wrap_directory_open(struct directory *directory, const char *path)
{
    return !no_proc && __real_directory_open(directory, path);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

/* Opens many descriptors, closes all from first on, and returns the first that is wrongly open or
 * closed, or 0. */
static int close_from(int first)
{
    for (int fd = STDERR_FILENO + 1; fd < LIMIT; fd++)
        if (fd != HOLE && dup2(STDERR_FILENO, fd) == -1)
            return fd;
    close(HOLE);
    descriptors_close_from(first);
    for (int fd = 0; fd < LIMIT; fd++)
        if (is_open(fd) != (fd < first && fd != HOLE))
            return fd;
    return 0;
}

static void assert_closes_from(int first)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = LIMIT;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
    *shared = -1;
    pid_t pid = fork_bound();
    if (pid == 0) {
        *shared = close_from(first);
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_msg(*shared == 0, "from %d on: descriptor %d is not as it should be", first, *shared);
}

static void assert_closes(void)
{
    static const int firsts[] = {STDERR_FILENO + 1, 10, LIMIT - 1, LIMIT};
    for (size_t i = 0; i < COUNT(firsts); i++)
        assert_closes_from(firsts[i]);
}

START_TEST(by_one_call)
{
    assert_closes();
}
END_TEST

START_TEST(by_the_list_of_proc)
{
    no_close_range = true;
    assert_closes();
}
END_TEST

START_TEST(by_trying_each)
{
    no_close_range = no_proc = true;
    assert_closes();
}
END_TEST

static void assert_reserves(void)
{
    enum { LOW = 400, HIGH = 700 };
    size_t count;
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0); /* none of them */
    ck_assert_int_eq(dup2(STDERR_FILENO, LOW), LOW);
    ck_assert_int_eq(dup2(STDERR_FILENO, HIGH), HIGH);
    const int *fds = descriptors_close_on_exec_from(LOW, &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(fds[0] + fds[1], LOW + HIGH);
    ck_assert_int_eq(fcntl(LOW, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(fcntl(HIGH, F_GETFD), FD_CLOEXEC);
    descriptors_close_on_exec_from(LOW, &count);
    ck_assert_uint_eq(count, 0);
}

START_TEST(what_is_reserved)
{
    assert_reserves();
    no_proc = true;
    assert_reserves();
}
END_TEST

START_TEST(a_copy_lies_as_high_as_asked_and_ends_at_exec)
{
    ck_assert_int_eq(descriptor_copy(STDERR_FILENO, LIMIT), LIMIT);
    ck_assert_int_eq(descriptor_copy(STDERR_FILENO, LIMIT), LIMIT + 1);
    ck_assert_int_eq(fcntl(LIMIT, F_GETFD), FD_CLOEXEC);
    close(LIMIT);
    ck_assert_int_eq(descriptor_copy(LIMIT, 0), -1);
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(flags_are_set_and_taken_off)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(descriptor_set_flags(ends[1], O_NONBLOCK), 0);
    ck_assert_int_eq(fcntl(ends[1], F_GETFL), O_WRONLY | O_NONBLOCK);
    ck_assert_int_eq(descriptor_set_flags(ends[1], 0), 0);
    ck_assert_int_eq(fcntl(ends[1], F_GETFL), O_WRONLY);
}
END_TEST

/* Opens one that the first thread does not get, and closes one that it keeps. */
static void *use_own_table(void *number)
{
    int *fd = number;
    bool own = descriptors_unshare();
    if (own && fcntl(STDERR_FILENO, F_DUPFD, *fd + 1) == *fd + 1)
        close(*fd);
    return own ? NULL : number;
}

static void assert_unshares(bool unshares)
{
    pthread_t other;
    void *shared;
    int fd = fcntl(STDERR_FILENO, F_DUPFD, LIMIT - 1);
    ck_assert_int_eq(pthread_create(&other, NULL, use_own_table, &fd), 0);
    ck_assert_int_eq(pthread_join(other, &shared), 0);
    ck_assert_int_eq(shared == NULL, unshares);
    ck_assert(is_open(fd));
    ck_assert(!is_open(fd + 1));
    close(fd);
}

START_TEST(a_thread_has_its_own)
{
    assert_unshares(true);
    no_close_range = true;
    assert_unshares(true);
    no_unshare = true;
    assert_unshares(false);
}
END_TEST

int main(void)
{
    return RUN_TESTS("descriptors", by_one_call, by_the_list_of_proc, by_trying_each,
                     what_is_reserved, a_copy_lies_as_high_as_asked_and_ends_at_exec,
                     a_thread_has_its_own, flags_are_set_and_taken_off);
}
