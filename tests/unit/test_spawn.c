/*
 * test_spawn.c - a program is started as foster starts it: by children_spawn(), with all signals
 * blocked.
 *
 * The program itself shows what it was given: cat prints its /proc/self, sh its arguments. The
 * wrapped execve gives errors that are hard to cause, and plays a machine without /bin/sh.
 */
#include "process/spawn.h"

#include <sched.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "base/text.h"
#include "children/foster.h"
#include "process/attributes.h"
#include "process/signals.h"
#include "process/user.h"
#include "process/wait_status.h"

#include "kit.h"

enum { PAGE = 4096 };

/* ---- the kernel's answers ---- */

enum { ANSWERS = 8, REAL = 0, END = -1 };
static int answers[ANSWERS] = {
    END}; /* the results of execve, one call after the other; END: the real one is called */
static char tried[ANSWERS][PATH_MAX]; /* the paths of these calls */
static volatile int tries;            /* the child's memory is ours */

int __real_execve(const char *path, char *const *argv, char *const *variables);
int __wrap_execve(const char *path, char *const *argv, char *const *variables);

/* As qemu-user does it: the child gets a copy of the memory, and the parent does not wait for its
 * exec. */
static bool vfork_is_a_fork;
int __real_clone(int (*start)(void *), void *stack, int flags, void *context, ...);
int __wrap_clone(int (*start)(void *), void *stack, int flags, void *context, ...);
int __wrap_clone(int (*start)(void *), void *stack, int flags, void *context, ...)
{
    return __real_clone(start, stack, vfork_is_a_fork ? SIGCHLD : flags, context);
}

__attribute__((no_sanitize("thread"), no_sanitize("address"))) int
__wrap_execve(const char *path, char *const *argv, char *const *variables)
{
    int answer = answers[tries];
    if (answer == END)
        return __real_execve(path, argv, variables);
    strcpy(tried[tries++], path);
    if (answer == REAL)
        return __real_execve(path, argv, variables);
    errno = answer;
    return -1;
}

static void answer_with(const int *list)
{
    tries = 0;
    for (int i = 0; i < ANSWERS; i++)
        if ((answers[i] = list[i]) == END)
            break;
}

/* ---- a program ---- */

static struct program program;
#define PROGRAM(...) (program.argv = make_arguments((const char *const[]){__VA_ARGS__, NULL}))

static int wait_status(struct promise *child)
{
    int status;
    siginfo_t info;
    while (!children_resolved(child, &status))
        if (signals_wait(&info, NEVER) == SIGCHLD)
            children_sigchld();
    return status;
}

/* Starts the program, which must start, and returns how it ended. */
static int run(void)
{
    struct promise child;
    signals_block(&(struct signal_state){0});
    program.parent = getpid();
    ck_assert_int_eq(children_spawn(&child, spawn_vfork, &program), 0);
    ck_assert_int_eq(program.error, 0);
    int status = wait_status(&child);
    ck_assert(is_childless());
    return status;
}

/* Starts the program, which must not start, and returns the error. No child is left, and argv is as
 * it was. */
static int failure(void)
{
    struct promise child;
    char *name = program.argv[0];
    signals_block(&(struct signal_state){0});
    program.parent = getpid();
    int error = children_spawn(&child, spawn_vfork, &program);
    ck_assert_int_ne(error, 0);
    ck_assert_int_eq(program.error, error);
    ck_assert_ptr_eq(program.argv[0], name);
    ck_assert(is_childless());
    return error;
}

/* The program's stdout. */
static void write_to(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    close(fd);
}

static const char *content(const char *path)
{
    static char bytes[PAGE];
    ck_assert_msg(file_head(path, bytes, sizeof bytes) != -1, "cannot read %s", path);
    return bytes;
}

/* ---- success and failure ---- */

START_TEST(the_exit_status_comes_back)
{
    PROGRAM("sh", "-c", "exit 7");
    ck_assert_int_eq(wait_status_code(run()), 7);
    PROGRAM("/bin/sh", "-c", "kill -KILL $$");
    ck_assert_int_eq(wait_status_code(run()), EXIT_BY_SIGNAL + SIGKILL);
}
END_TEST

START_TEST(an_error_of_exec_comes_back)
{
    make_text_file("plain", "no", 0644);
    PROGRAM("./plain");
    ck_assert_int_eq(failure(), EACCES);
    PROGRAM("./absent");
    ck_assert_int_eq(failure(), ENOENT);
    PROGRAM("plain/below");
    ck_assert_int_eq(failure(), ENOTDIR);
    PROGRAM("");
    ck_assert_int_eq(failure(), ENOENT);
    PROGRAM("no-such-program-anywhere");
    ck_assert_int_eq(failure(), ENOENT);
}
END_TEST

/* ---- which process reports a failure ---- */

enum { SAID = 99 };

static int say_it(struct program *failed)
{
    char digits[DECIMAL_MAX];
    const char *error = text_decimal(digits, failed->error);
    ssize_t unused = write(STDOUT_FILENO, error, strlen(error));
    (void)unused;
    return SAID;
}

START_TEST(the_child_says_that_it_cannot_run)
{
    PROGRAM("./nothing");
    program.failed = say_it;
    write_to("said");
    ck_assert_int_eq(failure(), ENOENT);
    ck_assert_str_eq(content("said"), "2");
}
END_TEST

/* libtsan's clone is called by another name, see unit.mk. */
#ifndef __SANITIZE_THREAD__
START_TEST(also_where_the_parent_cannot_know)
{
    PROGRAM("./nothing");
    program.failed = say_it;
    vfork_is_a_fork = true;
    write_to("said");
    ck_assert_int_eq(run(), SAID << 8);
    ck_assert_str_eq(content("said"), "2");
}
END_TEST
#else
#define also_where_the_parent_cannot_know the_child_says_that_it_cannot_run
#endif

START_TEST(after_an_error_the_next_one_starts)
{
    PROGRAM("./absent");
    ck_assert_int_eq(failure(), ENOENT);
    PROGRAM("true");
    ck_assert_int_eq(run(), 0);
}
END_TEST

/* ---- what the program gets ---- */

static uint64_t mask_of(const char *status, const char *key)
{
    const char *line = strstr(status, key);
    ck_assert_msg(line != NULL, "no %s", key);
    return strtoull(line + strlen(key), NULL, 16);
}

static void ignore_everything(void)
{
    struct {
        void (*handler)(int);
        unsigned long words[3];
    } raw = {.handler = SIG_IGN}; /* of the kernel: the libc refuses its own signals */
    for (int signal = SIGNAL_FIRST; signal <= SIGNAL_LAST; signal++)
        if (signal != SIGCHLD)
            syscall(SYS_rt_sigaction, signal, &raw, NULL, SIGNAL_LAST / 8);
}

START_TEST(mask_and_dispositions_are_clean)
{
    sigset_t mask;
    ignore_everything();
    write_to("status");
    PROGRAM("cat", "/proc/self/status");
    ck_assert_int_eq(run(), 0);
    const char *status = content("status");
    ck_assert(mask_of(status, "SigBlk:\t") == 0);
    ck_assert(mask_of(status, "SigIgn:\t") == 0);
    ck_assert(mask_of(status, "SigCgt:\t") == 0);
    /* and ours are as they were */
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    ck_assert_int_eq(sigismember(&mask, SIGTERM), 1);
    ck_assert(mask_of(content("/proc/self/status"), "SigIgn:\t") != 0);
}
END_TEST

struct standing {
    int pid, parent, group, session;
};

static struct standing standing_of_program(void)
{
    struct standing standing;
    write_to("stat");
    PROGRAM("cat", "/proc/self/stat");
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(sscanf(content("stat"), "%d (cat) R %d %d %d", &standing.pid, &standing.parent,
                            &standing.group, &standing.session),
                     4);
    ck_assert_int_eq(standing.parent, getpid());
    return standing;
}

START_TEST(a_group_of_its_own)
{
    program.placement = IN_OWN_GROUP;
    struct standing standing = standing_of_program();
    ck_assert_int_eq(standing.group, standing.pid);
    ck_assert_int_eq(standing.session, getsid(0));
}
END_TEST

START_TEST(a_session_of_its_own)
{
    program.placement = IN_OWN_SESSION;
    struct standing standing = standing_of_program();
    ck_assert_int_eq(standing.group, standing.pid);
    ck_assert_int_eq(standing.session, standing.pid);
}
END_TEST

START_TEST(descriptors_and_directory_are_kept)
{
    enum { HIGH = 9 };
    char here[PATH_MAX], expected[PATH_MAX + 1];
    int fd = open("nine", O_WRONLY | O_CREAT, 0600);
    ck_assert_int_eq(dup2(fd, HIGH), HIGH);
    PROGRAM("sh", "-c", "pwd -P >&9");
    ck_assert_int_eq(run(), 0);
    snprintf(expected, sizeof expected, "%s\n", realpath(".", here));
    ck_assert_str_eq(content("nine"), expected);
}
END_TEST

START_TEST(no_terminal_is_no_failure)
{
    static const enum placement placements[] = {IN_OWN_GROUP, IN_OWN_SESSION};
    close(STDIN_FILENO);
    for (size_t i = 0; i < COUNT(placements); i++) {
        program.placement = placements[i];
        PROGRAM("true");
        ck_assert_int_eq(run(), 0);
        ck_assert(!program.took_terminal);
    }
}
END_TEST

/* ---- the end of the parent ---- */

/* A parent in between starts the program and ends; the program is then our orphan, and gets SIGUSR1
 * for the end of its parent. */
static void assert_told_of_parents_end(void)
{
    pid_t between = fork();
    if (between == 0) {
        struct promise child;
        signals_block(&(struct signal_state){0});
        program.parent = getpid();
        _exit(children_spawn(&child, spawn_vfork, &program));
    }
    int status;
    ck_assert_int_eq(waitpid(between, &status, 0), between);
    ck_assert_int_eq(status, 0);
    ck_assert_int_ne(waitpid(-1, &status, 0), -1);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGUSR1);
}

START_TEST(the_parents_death_is_told)
{
    PROGRAM("sleep", "15");
    program.parent_death_signal = SIGUSR1;
    assert_told_of_parents_end();
}
END_TEST

START_TEST(a_parent_that_is_gone_already)
{
    struct promise child;
    signals_block(&(struct signal_state){0});
    PROGRAM("touch", "started");
    program.parent_death_signal = SIGTERM;
    program.parent = getppid();
    ck_assert_int_eq(children_spawn(&child, spawn_vfork, &program), 0);
    ck_assert_int_eq(wait_status_code(wait_status(&child)), EXIT_FAILURE);
    ck_assert_int_eq(access("started", F_OK), -1);
}
END_TEST

/* ---- socket activation ---- */

static void assert_listen_pid(const char *value, const char *expected)
{
    char test[PAGE];
    setenv("LISTEN_PID", value, true);
    snprintf(test, sizeof test, "test \"$LISTEN_PID\" = \"%s\"", expected);
    PROGRAM("sh", "-c", test);
    ck_assert_msg(run() == 0, "%s has not become %s", value, expected);
}

START_TEST(listen_pid_that_meant_foster)
{
    char own[DECIMAL_MAX];
    assert_listen_pid(text_decimal(own, getpid()), "$$");
    assert_listen_pid("1", "$$");
}
END_TEST

START_TEST(listen_pid_that_meant_another)
{
    static const char *const values[] = {"999999999", "", "11", "1 ", "01"};
    for (size_t i = 0; i < COUNT(values); i++)
        assert_listen_pid(values[i], values[i]);
    unsetenv("LISTEN_PID");
    setenv("LISTEN_PIDX", "1", true);
    PROGRAM("sh", "-c", "test -z \"${LISTEN_PID+set}\" && test \"$LISTEN_PIDX\" = 1");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(listen_pid_in_a_second_start)
{
    setenv("LISTEN_PID", "1", true);
    for (int start = 0; start < 2; start++) {
        PROGRAM("sh", "-c", "test \"$LISTEN_PID\" = $$");
        ck_assert_int_eq(run(), 0);
    }
}
END_TEST

/* ---- scripts ---- */

#define ECHO_ARGUMENTS                                                                             \
    "for word in \"$0\" \"$@\"; do printf '[%s]' \"$word\"; done > arguments; exit 5\n"

START_TEST(a_script_without_a_first_line_is_the_shells)
{
    make_text_file("script", ECHO_ARGUMENTS, 0755);
    PROGRAM("./script", "one", "", "two words", "-x");
    ck_assert_int_eq(wait_status_code(run()), 5);
    ck_assert_str_eq(content("arguments"), "[./script][one][][two words][-x]");
}
END_TEST

START_TEST(also_one_found_in_path)
{
    char here[PATH_MAX], expected[PATH_MAX + PAGE];
    make_text_file("script", ECHO_ARGUMENTS, 0755);
    setenv("PATH", getcwd(here, sizeof here), true);
    PROGRAM("script", "one");
    ck_assert_int_eq(wait_status_code(run()), 5);
    snprintf(expected, sizeof expected, "[%s/script][one]", here);
    ck_assert_str_eq(content("arguments"), expected);
}
END_TEST

START_TEST(an_empty_file_is_an_empty_script)
{
    make_text_file("empty", "", 0755);
    PROGRAM("./empty");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(without_a_shell_the_arguments_are_put_back)
{
    make_text_file("script", ECHO_ARGUMENTS, 0755);
    PROGRAM("./script", "one");
    answer_with((const int[]){REAL, ENOENT, END});
    ck_assert_int_eq(failure(), ENOEXEC);
    ck_assert_int_eq(tries, 2);
    ck_assert_str_eq(tried[1], "/bin/sh");
    ck_assert_str_eq(program.argv[1], "one");
}
END_TEST

START_TEST(a_binary_is_not_the_shells)
{
    static const char binary[] = "\177ELF\0not really";
    make_file("binary", binary, sizeof binary, 0755);
    PROGRAM("./binary");
    answer_with((const int[]){REAL, REAL, END});
    ck_assert_int_eq(failure(), ENOEXEC);
    ck_assert_int_eq(tries, 1);
}
END_TEST

/* ---- a service's attributes ---- */

enum { ENTRY = 64 };

START_TEST(an_environment_of_its_own)
{
    static char one[] = "ONE=1", path[] = "PATH=/usr/bin:/bin";
    static char *environment[] = {one, path, NULL};
    setenv("TWO", "2", true);
    setenv("LISTEN_PID", "1", true);
    make_text_file("script", "env > variables\n", 0755); /* the shell's: it adds PWD and the like */
    program.environment = environment;
    write_to("variables");
    PROGRAM("env");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(content("variables"), "ONE=1\nPATH=/usr/bin:/bin\n");
    PROGRAM("./script");
    ck_assert_int_eq(run(), 0);
    ck_assert_ptr_ne(strstr(content("variables"), "ONE=1\n"), NULL);
    ck_assert_ptr_eq(strstr(content("variables"), "TWO"), NULL);
    ck_assert_str_eq(getenv("LISTEN_PID"), "1");
}
END_TEST

START_TEST(its_own_pid_in_its_environment)
{
    static char listen[ENTRY] = "LISTEN_PID=", watchdog[ENTRY] = "WATCHDOG_PID=",
                path[] = "PATH=/usr/bin:/bin";
    static char *environment[] = {listen, path, watchdog, NULL}, *own[] = {listen, watchdog, NULL};
    program.environment = environment;
    program.own_pid_entries = own;
    for (int start = 0; start < 2; start++) {
        PROGRAM("sh", "-c", "test \"$LISTEN_PID\" = $$ && test \"$WATCHDOG_PID\" = $$");
        ck_assert_int_eq(run(), 0);
    }
}
END_TEST

/* A change of user forgets it, so it comes after. Needs root. */
START_TEST(the_parents_death_is_told_to_another_user)
{
    static const struct user user = {.uid = 12345, .gid = 12345};
    static const struct attributes attributes = {.user = &user};
    if (geteuid() != 0)
        return;
    program.attributes = &attributes;
    program.parent_death_signal = SIGUSR1;
    PROGRAM("sleep", "15");
    assert_told_of_parents_end();
}
END_TEST

/* ---- the search ---- */

START_TEST(the_search_goes_on_and_remembers)
{
    static const struct {
        int answers[5];
        int error, tries;
    } cases[] = {
        {{ENOENT, ENOENT, ENOENT, END}, ENOENT, 3},
        {{EACCES, ENOENT, ENOENT, END}, EACCES, 3},
        {{ENOENT, EACCES, ENOTDIR, END}, EACCES, 3},
        {{EACCES, EACCES, ENOENT, END}, EACCES, 3},
        {{ENAMETOOLONG, ELOOP, ENOENT, END}, ENOENT, 3},
        {{ESTALE, ENODEV, ETIMEDOUT, END}, ETIMEDOUT, 3},
        {{E2BIG, END}, E2BIG, 1},
        {{ENOENT, ENOMEM, END}, ENOMEM, 2},
        {{EACCES, EPERM, END}, EPERM, 2},
        {{ENOENT, ETXTBSY, END}, ETXTBSY, 2},
        {{ENOENT, EIO, END}, EIO, 2},
    };
    setenv("PATH", "/one:/two:/three", true);
    for (size_t i = 0; i < COUNT(cases); i++) {
        PROGRAM("program");
        answer_with(cases[i].answers);
        ck_assert_int_eq(failure(), cases[i].error);
        ck_assert_int_eq(tries, cases[i].tries);
        ck_assert_str_eq(tried[0], "/one/program");
    }
}
END_TEST

START_TEST(the_first_that_runs_is_taken)
{
    ck_assert_int_eq(mkdir("one", 0700), 0);
    ck_assert_int_eq(mkdir("two", 0700), 0);
    ck_assert_int_eq(mkdir("three", 0700), 0);
    make_text_file("one/program", "#!/bin/sh\nexit 1\n", 0644);
    make_text_file("two/program", "#!/bin/sh\nexit 2\n", 0755);
    make_text_file("three/program", "#!/bin/sh\nexit 3\n", 0755);
    setenv("PATH", "absent:one:two:three", true);
    PROGRAM("program");
    ck_assert_int_eq(wait_status_code(run()), 2);
}
END_TEST

int main(void)
{
    return RUN_TESTS("spawn", the_exit_status_comes_back, an_error_of_exec_comes_back,
                     the_child_says_that_it_cannot_run, also_where_the_parent_cannot_know,
                     after_an_error_the_next_one_starts, mask_and_dispositions_are_clean,
                     a_group_of_its_own, a_session_of_its_own, descriptors_and_directory_are_kept,
                     no_terminal_is_no_failure, the_parents_death_is_told,
                     a_parent_that_is_gone_already, listen_pid_that_meant_foster,
                     listen_pid_that_meant_another, listen_pid_in_a_second_start,
                     a_script_without_a_first_line_is_the_shells, also_one_found_in_path,
                     an_empty_file_is_an_empty_script, without_a_shell_the_arguments_are_put_back,
                     a_binary_is_not_the_shells, an_environment_of_its_own,
                     its_own_pid_in_its_environment, the_parents_death_is_told_to_another_user,
                     the_search_goes_on_and_remembers, the_first_that_runs_is_taken);
}
