/*
 * test_fork.c - a program is started by fork: no caller waits for its exec, and a pipe reports the
 * result. What both ways of a start have in common is tested in test_spawn.c.
 */
#include "process/spawn.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "children/foster.h"
#include "process/attributes.h"
#include "process/descriptors.h"
#include "process/fd_map.h"
#include "process/signals.h"
#include "process/stream_file.h"
#include "process/user.h"
#include "process/wait_status.h"

#include "kit.h"

enum { PAGE = 4096, SAID = 99, MOST = 16, NOBODY = 65534 };

static struct program program;
static struct fd_mapping mappings[MOST];
static struct promise child;
static int report; /* its other end */

#define PROGRAM(...) (program.argv = make_arguments((const char *const[]){__VA_ARGS__, NULL}))

static void start(void)
{
    int ends[2];
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    descriptor_set_flags(ends[0], O_NONBLOCK);
    program.parent = getpid();
    program.fd_map = mappings;
    program.report = ends[1];
    report = ends[0];
    ck_assert_int_eq(children_spawn(&child, spawn_fork, &program), 0);
    close(ends[1]);
}

static int end(void)
{
    int status;
    siginfo_t info;
    while (!children_resolved(&child, &status))
        if (signals_wait(&info, NEVER) == SIGCHLD)
            children_sigchld();
    ck_assert(is_childless());
    return status;
}

/* Starts the program, which must start, and returns how it ended. */
static int run(void)
{
    struct spawn_failure none;
    start();
    int status = end();
    ck_assert_int_eq(spawn_result_read(report, &none), SPAWN_DONE);
    return status;
}

static struct spawn_failure last_failure; /* by the last child */

/* Starts the program, which must not start, and returns the error. */
static int failure(void)
{
    last_failure = (struct spawn_failure){0};
    start();
    ck_assert_int_eq(wait_status_code(end()), SAID);
    ck_assert_int_eq(spawn_result_read(report, &last_failure), SPAWN_FAILED);
    return last_failure.error;
}

static int complain(struct program *failed)
{
    const char *what = failed->failed_step != NULL ? failed->failed_step : "exec";
    ssize_t unused = write(STDERR_FILENO, what, strlen(what));
    (void)unused;
    return SAID;
}

static void map_fd(int from, int to)
{
    mappings[program.fd_map_count++] = (struct fd_mapping){from, to};
}

static const char *content(const char *path)
{
    static char bytes[PAGE];
    ck_assert_msg(file_head(path, bytes, sizeof bytes) != -1, "cannot read %s", path);
    return bytes;
}

START_TEST(it_runs_or_not)
{
    program.failed = complain;
    hear_stderr();
    PROGRAM("sh", "-c", "exit 7");
    ck_assert_int_eq(wait_status_code(run()), 7);
    PROGRAM("./absent");
    ck_assert_int_eq(failure(), ENOENT);
    ck_assert_str_eq(heard(), "exec");
    ck_assert_str_eq(program.argv[0], "./absent");
    ck_assert_ptr_null(program.failed_step); /* the child's memory is its own */
}
END_TEST

/* The exec is not waited for: the child hangs before it, because it writes to a full pipe as its
 * stderr (107). */
START_TEST(the_start_does_not_wait_for_the_exec)
{
    int ends[2];
    char bytes[PAGE] = "";
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    descriptor_set_flags(ends[1], O_NONBLOCK);
    while (write(ends[1], bytes, sizeof bytes) > 0)
        ;
    descriptor_set_flags(ends[1], 0);
    int saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    program.failed = complain;
    PROGRAM("./absent");
    start();
    dup2(saved, STDERR_FILENO);
    ck_assert(!children_resolved(&child, NULL));
    ck_assert_int_eq(children_signal(&child, SIGKILL, REACH_CHILD), 0);
    ck_assert_int_eq(end(), SIGKILL);
    ck_assert_int_ne(spawn_result_read(report, &last_failure), SPAWN_PENDING);
}
END_TEST

START_TEST(what_the_child_tells_is_not_believed_blindly)
{
    static const struct spawn_failure odd[] = {{0, 0}, {-1, 1}, {ENOENT, 1000}};
    int ends[2];
    for (size_t i = 0; i < COUNT(odd); i++) {
        ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
        ck_assert_int_eq(spawn_result_read(ends[0], &last_failure), SPAWN_PENDING);
        ck_assert_int_eq(write(ends[1], &odd[i], sizeof odd[i]), sizeof odd[i]);
        ck_assert_int_eq(spawn_result_read(ends[0], &last_failure), SPAWN_FAILED);
        ck_assert_int_eq(last_failure.error, odd[i].error > 0 ? odd[i].error : EIO);
        ck_assert_uint_eq(last_failure.step, 0);
        ck_assert_int_eq(write(ends[1], "x", 1), 1);
        ck_assert_int_eq(spawn_result_read(ends[0], &last_failure), SPAWN_FAILED);
        ck_assert_int_eq(last_failure.error, EIO);
        close(ends[1]);
        ck_assert_int_eq(spawn_result_read(ends[0], &last_failure), SPAWN_DONE);
        close(ends[0]);
    }
}
END_TEST

/* Also descriptors that are not close-on-exec, and in the gaps between its own. */
START_TEST(it_has_its_own_descriptors_and_no_others)
{
    enum { OURS = 205, OUT = 208, HIGH = 240 };
    int out = open("out", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(dup2(out, OURS), OURS);
    ck_assert_int_eq(dup2(out, HIGH), HIGH);
    map_fd(out, STDOUT_FILENO);
    map_fd(out, OUT);
    PROGRAM("sh", "-c",
            "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 205 206 207 208 209 210 240; do "
            "test ! -e /proc/$$/fd/$n || echo -n $n ''; done");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(content("out"), "0 1 2 208 ");
    ck_assert_int_eq(fcntl(HIGH, F_GETFD), 0); /* ours are as they were */
    ck_assert_int_eq(fcntl(out, F_GETFD), FD_CLOEXEC);
}
END_TEST

START_TEST(each_others_places_and_the_reports)
{
    int a = open("a", O_RDWR | O_CREAT | O_CLOEXEC, 0600),
        b = open("b", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    map_fd(a, b);
    map_fd(b, a);
    char names[2][DECIMAL_MAX];
    PROGRAM("sh", "-c", "eval \"echo to-a >&$0; echo to-b >&$1\"", text_decimal(names[0], b),
            text_decimal(names[1], a));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(content("a"), "to-a\n");
    ck_assert_str_eq(content("b"), "to-b\n");
}
END_TEST

START_TEST(what_fails_is_said_on_our_stderr)
{
    static struct stream_file file = {"service", O_WRONLY, STREAM(STDERR_FILENO), false};
    static const struct attributes nowhere = {.directory = "nowhere"};
    static const struct attributes filed = {
        .directory = "nowhere", .files = &file, .file_count = 1};
    hear_stderr();
    program.failed = complain;
    program.attributes = &nowhere;
    map_fd(open("service", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDERR_FILENO);
    PROGRAM("true");
    ck_assert_int_eq(failure(), ENOENT);
    ck_assert_str_eq(heard(), "enter its working_dir");
    ck_assert_str_eq(attributes_step(last_failure.step), "enter its working_dir");
    ck_assert_str_eq(content("service"), "");
    program.attributes = &filed;
    program.fd_map_count = 0;
    ck_assert_int_eq(failure(), ENOENT);
    ck_assert_str_eq(heard(), "enter its working_dir");
    ck_assert_str_eq(content("service"), "");
    program.fd_map_count = 0;
    map_fd(500, STDIN_FILENO);
    ck_assert_int_eq(failure(), EBADF);
    ck_assert_str_eq(heard(), "pass its descriptors");
    ck_assert_ptr_null(attributes_step(last_failure.step));
}
END_TEST

START_TEST(attributes_and_a_mark)
{
    static const struct limit few = {RLIMIT_NOFILE, {.rlim_cur = 6, .rlim_max = 7}};
    static const struct attributes attributes = {
        .given = UMASK_GIVEN, .umask = 0123, .directory = "/", .limits = &few, .limit_count = 1};
    int told = open("told", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    mode_t ours = umask(022);
    program.attributes = &attributes;
    program.mark = 4242;
    map_fd(told, STDOUT_FILENO);
    map_fd(told, 9); /* above its limit */
    PROGRAM("sh", "-c",
            "umask; pwd; ulimit -n; sed -n 's/  */ /g; s/^Max file locks //p' /proc/self/limits; "
            "test -e /proc/$$/fd/9");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(content("told"), "0123\n/\n6\n4242 unlimited locks \n");
    ck_assert_uint_eq(umask(ours), 022);
}
END_TEST

START_TEST(files_become_its_streams)
{
    static struct stream_file files[] = {
        {"in", O_RDONLY, STREAM(STDIN_FILENO), false},
        {"log", O_WRONLY | O_APPEND | O_CREAT, STREAM(STDOUT_FILENO) | STREAM(STDERR_FILENO),
         false},
    };
    static const struct attributes attributes = {.files = files, .file_count = COUNT(files)};
    make_text_file("in", "input", 0600);
    umask(S_IWGRP | S_IWOTH);
    program.attributes = &attributes;
    for (int round = 0; round < 2; round++) {
        program.fd_map_count = 0;
        PROGRAM("sh", "-c", "cat; echo , >&2; grep flags /proc/self/fdinfo/1");
        ck_assert_int_eq(run(), 0);
    }
    ck_assert_str_eq(content("log"),
                     "input,\nflags:\t0102001\ninput,\nflags:\t0102001\n"); /* no O_NONBLOCK */
    struct stat found;
    ck_assert_int_eq(stat("log", &found), 0);
    ck_assert_uint_eq(found.st_mode & ALLPERMS, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
}
END_TEST

START_TEST(files_that_cannot_be_opened)
{
    static const struct {
        const char *path;
        int error;
    } cases[] = {{"missing/log", ENOENT},
                 {".", EISDIR},
                 {"fifo" /* it is not read, and the caller does not wait */, ENXIO}};
    ck_assert_int_eq(mkfifo("fifo", S_IRUSR | S_IWUSR), 0);
    program.failed = complain;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stream_file file = {cases[i].path, O_WRONLY | O_APPEND | O_CREAT,
                                   STREAM(STDOUT_FILENO), false};
        struct attributes attributes = {.files = &file, .file_count = 1};
        program.attributes = &attributes;
        program.fd_map_count = 0;
        hear_stderr();
        PROGRAM("true");
        ck_assert_int_eq(failure(), cases[i].error);
        ck_assert_str_eq(heard(), "open");
        ck_assert_str_eq(attributes_step(last_failure.step), "open its log");
    }
}
END_TEST

/* The directory belongs to the user, so its files are opened with that user's rights (117). Needs
 * root. */
START_TEST(a_users_files_are_opened_by_him)
{
    static const struct user user = {.uid = NOBODY, .gid = NOBODY};
    static struct stream_file file = {"theirs/in", O_RDONLY, STREAM(STDIN_FILENO), false};
    static const struct attributes attributes = {.user = &user, .files = &file, .file_count = 1};
    if (geteuid() != 0)
        return;
    chmod(".", 0755);
    make_text_file("secret", "secret", 0600);
    ck_assert_int_eq(mkdir("theirs", 0755), 0);
    ck_assert_int_eq(chown("theirs", NOBODY, NOBODY), 0);
    ck_assert_int_eq(symlink("../secret", "theirs/in"), 0);
    hear_stderr();
    program.failed = complain;
    program.attributes = &attributes;
    PROGRAM("true");
    ck_assert_int_eq(failure(), EACCES);
    ck_assert_int_eq(chown("secret", NOBODY, NOBODY), 0);
    program.fd_map_count = 0;
    PROGRAM("grep", "-q", "secret");
    ck_assert_int_eq(run(), 0);
}
END_TEST

START_TEST(what_may_pass)
{
    static const int passing[] = {EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY,
                                  EIO,    EINTR,  ENOSPC, EDQUOT, ENXIO};
    static const int final[] = {ENOENT, EACCES, ENOEXEC, EPERM, ENOTDIR, E2BIG};
    for (size_t i = 0; i < COUNT(passing); i++)
        ck_assert(spawn_error_is_transient(passing[i]));
    for (size_t i = 0; i < COUNT(final); i++)
        ck_assert(!spawn_error_is_transient(final[i]));
}
END_TEST

int main(void)
{
    return RUN_TESTS("fork", it_runs_or_not, the_start_does_not_wait_for_the_exec,
                     what_the_child_tells_is_not_believed_blindly,
                     it_has_its_own_descriptors_and_no_others, each_others_places_and_the_reports,
                     what_fails_is_said_on_our_stderr, attributes_and_a_mark,
                     files_become_its_streams, files_that_cannot_be_opened,
                     a_users_files_are_opened_by_him, what_may_pass);
}
