/*
 * kit.h - helpers of all unit tests but those of src/children: the list of tests, a stderr that can
 * be read, files and processes.
 *
 * Each test runs in a process of its own, so that it does not see the children, signals and
 * environment of others, and in an empty directory, which is removed at the end also when the test
 * fails.
 */
#ifndef UNIT_KIT_H
#define UNIT_KIT_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEST_SECONDS = 60 }; /* the thread sanitizer, on a machine that has other things to do */
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- stderr ---- */

/* From now on stderr is a file in memory. */
static inline void hear_stderr(void)
{
    int memory = memfd_create("stderr", MFD_CLOEXEC);
    ck_assert_int_ne(memory, -1);
    ck_assert_int_eq(dup2(memory, STDERR_FILENO), STDERR_FILENO);
    close(memory);
}

/* The bytes written to it since the last call. */
static inline const char *heard(void)
{
    static char bytes[1 << 16];
    ssize_t length = pread(STDERR_FILENO, bytes, sizeof bytes - 1, 0);
    ck_assert_int_ne(length, -1);
    bytes[length] = '\0';
    ck_assert_int_eq(ftruncate(STDERR_FILENO, 0), 0);
    lseek(STDERR_FILENO, 0, SEEK_SET);
    return bytes;
}

/* ---- words, files and processes ---- */

/* A list of words that NULL ends, as main() would get it, with a slot before the first. Good until
 * the next call. */
static inline char **make_arguments(const char *const *list)
{
    enum { WORDS = 16, BYTES = 1 << 16 };
    static char *words[WORDS], bytes[BYTES];
    size_t count = 1, length = 0;
    for (; *list != NULL; list++) {
        ck_assert_uint_lt(count, WORDS - 1);
        ck_assert_uint_lt(length + strlen(*list), BYTES);
        words[count++] = strcpy(bytes + length, *list);
        length += strlen(*list) + 1;
    }
    words[count] = NULL;
    return words + 1;
}

static inline void make_file(const char *path, const void *bytes, size_t length, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_msg(fd != -1, "cannot make %s", path);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

static inline void make_text_file(const char *path, const char *text, mode_t mode)
{
    make_file(path, text, strlen(text), mode);
}

/* A child that cannot outlive the test, whatever becomes of it. As fork(2). */
static inline pid_t fork_bound(void)
{
    pid_t parent = getpid(), pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent))
        _exit(EXIT_FAILURE);
    return pid;
}

/* The number of this process's open descriptors below FD_SETSIZE. */
static inline int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < FD_SETSIZE; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

/* From now on no descriptor can be opened. Returns the limit before, for setrlimit(2). */
static inline struct rlimit forbid_descriptors(void)
{
    struct rlimit old;
    int lowest = dup(STDERR_FILENO);
    close(lowest);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)lowest, old.rlim_max}), 0);
    return old;
}

/* True when this process has no children, neither running ones nor zombies. */
static inline bool is_childless(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == -1 && errno == ECHILD;
}

/* ---- running ---- */

/* The runner's own handlers are inherited by a test, and are reset. The test is a subreaper, so
 * that processes that it leaves become its children. */
static inline void start_clean(void)
{
    static const int runners[] = {SIGALRM, SIGINT, SIGTERM};
    for (size_t i = 0; i < COUNT(runners); i++)
        signal(runners[i], SIG_DFL);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

static inline int remove_one(const char *path, const struct stat *status, int kind,
                             struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

static inline int run_in_directory(SRunner *runner)
{
    enum { FEW = 8 };
    const char *parent = getenv("TMPDIR");
    char directory[PATH_MAX];
    snprintf(directory, sizeof directory, "%s/foster-unit-XXXXXX",
             parent != NULL ? parent : "/tmp");
    if (mkdtemp(directory) == NULL || chdir(directory) == -1) {
        perror(directory);
        return EXIT_FAILURE;
    }
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    nftw(directory, remove_one, FEW, FTW_DEPTH | FTW_PHYS);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The result of a test program's main(): RUN_TESTS("text", TEST, TEST). */
#define RUN_TESTS(name, ...) run_tests((name), (const TTest *const[]){__VA_ARGS__, NULL})
static inline int run_tests(const char *name, const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    TCase *all = tcase_create(name);
    tcase_add_checked_fixture(all, start_clean, NULL);
    tcase_set_timeout(all, TEST_SECONDS);
    for (; *tests != NULL; tests++)
        tcase_add_test(all, *tests);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_FORK);
    int result = run_in_directory(runner);
    srunner_free(runner);
    return result;
}

#endif
