/* test_procfs.c - the processes of /proc: real ones, and some that the wrapped file_head invents.
 */
#include "process/procfs.h"

#include <sched.h>

#include "base/file.h"

#include "kit.h"

/* ---- a /proc of our own ---- */

struct catalogue_line {
    const char *path;
    const char *content; /* NULL: it is gone */
};
static const struct catalogue_line
    *lines; /* the content that is read, in this order; NULL: the real files are */

ssize_t __real_file_head(const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head(const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head(const char *path, char *buffer, size_t size)
{
    if (lines == NULL)
        return __real_file_head(path, buffer, size);
    if (lines->path == NULL) /* the end: no process is left */
        return -1;
    const struct catalogue_line *line = lines++;
    ck_assert_str_eq(path, line->path);
    if (line->content == NULL)
        return -1;
    snprintf(buffer, size, "%s", line->content);
    return (ssize_t)strlen(buffer);
}

#define LINES(...) (lines = (const struct catalogue_line[]){__VA_ARGS__, {NULL, NULL}})

/* ---- one process ---- */

/* A child with a name that lives until the test ends. */
static pid_t start_named(const char *name)
{
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork_bound();
    if (pid == 0) {
        prctl(PR_SET_NAME, name);
        if (write(ready[1], "", 1) == 1)
            pause();
        _exit(EXIT_FAILURE);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    return pid;
}

static void end(pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(names_of_any_kind)
{
    static const char *const names[] = {"plain", ") R 1",           "a) Z 1 (b", "((", "))",
                                        " ",     "123456789012345", "x\ny",      ""};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct process process;
        pid_t pid = start_named(names[i]);
        ck_assert(procfs_read(pid, &process));
        ck_assert_str_eq(process.name, names[i]);
        ck_assert_int_eq(process.pid, pid);
        ck_assert_int_eq(process.parent, getpid());
        ck_assert(!process.ended);
        end(pid);
    }
}
END_TEST

START_TEST(the_dead_and_the_gone)
{
    struct process process;
    siginfo_t info;
    pid_t pid = fork_bound();
    if (pid == 0)
        _exit(EXIT_SUCCESS);
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert(procfs_read(pid, &process));
    ck_assert(process.ended);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert(!procfs_read(pid, &process));
}
END_TEST

START_TEST(lines_that_are_odd)
{
    static const struct {
        const char *content;
        bool good;
    } cases[] = {
        {"7 (a) S 1 7", true}, {"7 (a) S 1", true}, {"7 (a) S ", false},
        {"7 (a)", false},      {"7 (a", false},     {"7 a) S 1", false},
        {"7 )a( S 1", false},  {"", false},         {"nothing", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct process process;
        LINES({"/proc/7/stat", cases[i].content});
        ck_assert_msg(procfs_read(7, &process) == cases[i].good, "%s", cases[i].content);
    }
}
END_TEST

/* A process lives as long as one of its threads does; the children of the first thread count among
 * them. */
START_TEST(processes_that_have_ended)
{
    static const struct {
        const char *content;
        bool ended;
    } cases[] = {
        {"7 (a) Z 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0", true},
        {"7 (a) Z 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 2 0", false},
        {"7 (Z Z Z) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0", false},
        {"7 (a) X 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 0 0", true},
        {"7 (a) D 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 0 0", false},
        {"7 (a) Z 1 7", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct process process;
        LINES({"/proc/7/stat", cases[i].content});
        ck_assert(procfs_read(7, &process));
        ck_assert_msg(process.ended == cases[i].ended, "%s", cases[i].content);
        ck_assert_int_eq(process.parent, 1);
    }
}
END_TEST

/* Kernel threads have names longer than a program can give itself: workqueues up to 64 bytes
 * (proc(5)). */
START_TEST(a_long_name_is_cut)
{
    struct process process;
    char content[PROCESS_NAME_MAX + 50] = "7 (";
    memset(content + 3, 'w', PROCESS_NAME_MAX + 10);
    strcat(content, ") I 2");
    LINES({"/proc/7/stat", content});
    ck_assert(procfs_read(7, &process));
    ck_assert_uint_eq(strlen(process.name), PROCESS_NAME_MAX - 1);
    ck_assert(!process.ended);
    ck_assert_int_eq(process.parent, 2);
}
END_TEST

/* Only a line that begins with the key counts, the first one. */
START_TEST(a_number_by_its_key)
{
    static const struct {
        const char *content;
        int64_t number;
    } cases[] = {
        {"Name:\tsh\nUid:\t1000\t0\t0\t0\n", 1000},
        {"Name:\tUid:\t5\nUid:\t7\n", 7},
        {"Uid:   12\n", 12},
        {"Uid:\tunlimited\n", 0},
        {"Name:\tUid:\t5\n", -1},
        {"\n\nUid:\t3", 3},
        {"Uid", -1},
        {"", -1},
        {NULL, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LINES({"/proc/7/status", cases[i].content});
        ck_assert_int_eq(procfs_number(7, "/status", "Uid:"), cases[i].number);
    }
}
END_TEST

/* ---- all of them ---- */

struct search {
    pid_t pid;
    int found, visits, most;
};

static bool look_for(const struct process *process, void *context)
{
    struct search *search = context;
    search->visits++;
    search->found += process->pid == search->pid;
    return search->visits != search->most;
}

START_TEST(each_is_visited_once)
{
    struct search self = {.pid = getpid()}, gone = {.pid = 0};
    procfs_each(look_for, &self);
    ck_assert_int_eq(self.found, 1);
    ck_assert_int_gt(self.visits, 1);
    pid_t pid = start_named("one more");
    struct search child = {.pid = pid};
    procfs_each(look_for, &child);
    ck_assert_int_eq(child.found, 1);
    end(pid);
    gone.pid = pid;
    procfs_each(look_for, &gone);
    ck_assert_int_eq(gone.found, 0);
}
END_TEST

START_TEST(a_visit_can_end_it)
{
    struct search search = {.most = 2};
    procfs_each(look_for, &search);
    ck_assert_int_eq(search.visits, 2);
}
END_TEST

/* ---- kinship ---- */

START_TEST(descendants_of_a_process)
{
    pid_t child = start_named("child");
    ck_assert(procfs_descends(child, getpid()));
    ck_assert(procfs_descends(child, getppid()));
    ck_assert(procfs_descends(getpid(), getppid()));
    ck_assert(!procfs_descends(getpid(), getpid()));
    ck_assert(!procfs_descends(getpid(), child));
    ck_assert(!procfs_descends(getppid(), getpid()));
    ck_assert(!procfs_descends(1, getpid()));
    ck_assert(!procfs_descends(0, getpid()));
    pid_t sibling = start_named("sibling");
    ck_assert(!procfs_descends(sibling, child));
    end(sibling);
    end(child);
    ck_assert(!procfs_descends(child, getpid()));
}
END_TEST

START_TEST(over_generations)
{
    LINES({"/proc/9/stat", "9 (c) S 8"}, {"/proc/8/stat", "8 (b) Z 7"},
          {"/proc/7/stat", "7 (a) S 5"});
    ck_assert(procfs_descends(9, 5));
    LINES({"/proc/9/stat", "9 (c) S 8"}, {"/proc/8/stat", "8 (b) S 1"});
    ck_assert(!procfs_descends(9, 5));
    LINES({"/proc/9/stat", "9 (c) S 0"});
    ck_assert(!procfs_descends(9, 5));
}
END_TEST

/* The parent ends and is reaped while we look: the child is ours now, and must not be overlooked.
 */
START_TEST(when_the_parent_ends_meanwhile)
{
    LINES({"/proc/9/stat", "9 (c) S 8"}, {"/proc/8/stat", NULL}, {"/proc/9/stat", "9 (c) S 5"});
    ck_assert(procfs_descends(9, 5));
    LINES({"/proc/9/stat", "9 (c) S 8"}, {"/proc/8/stat", NULL}, {"/proc/9/stat", NULL});
    ck_assert(!procfs_descends(9, 5));
}
END_TEST

/* It lives, but is another user's, and /proc is mounted with hidepid: nothing is gained by asking
 * again and again. */
START_TEST(a_parent_that_is_hidden)
{
    enum { PATIENCE = 100 };
    static struct catalogue_line hidden[2 * PATIENCE + 1];
    for (int i = 0; i < PATIENCE; i++) {
        hidden[2 * i] = (struct catalogue_line){"/proc/9/stat", "9 (c) S 8"};
        hidden[2 * i + 1] = (struct catalogue_line){"/proc/8/stat", NULL};
    }
    hidden[2 * PATIENCE].path = "nothing: it has been asked often enough";
    lines = hidden;
    ck_assert(!procfs_descends(9, 5));
}
END_TEST

/* ---- the namespace of /proc ---- */

START_TEST(it_is_ours)
{
    ck_assert(procfs_is_ours());
}
END_TEST

static int wait_for(pid_t pid)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

/* Its numbers mean other processes there. Needs root. A process in between, because the leak
 * sanitizer of one that has unshared cannot start its helper. */
START_TEST(in_another_namespace_it_is_not)
{
    pid_t between = fork();
    if (between == 0) {
        if (unshare(CLONE_NEWPID) == -1)
            _exit(geteuid() == 0 ? EXIT_FAILURE : EXIT_SUCCESS);
        pid_t pid = fork();
        if (pid == 0)
            _exit(procfs_is_ours() ? EXIT_FAILURE : EXIT_SUCCESS);
        _exit(wait_for(pid));
    }
    ck_assert_int_eq(wait_for(between), EXIT_SUCCESS);
}
END_TEST

int main(void)
{
    return RUN_TESTS("procfs", names_of_any_kind, the_dead_and_the_gone, lines_that_are_odd,
                     processes_that_have_ended, a_long_name_is_cut, a_number_by_its_key,
                     each_is_visited_once, a_visit_can_end_it, descendants_of_a_process,
                     over_generations, when_the_parent_ends_meanwhile, a_parent_that_is_hidden,
                     it_is_ours, in_another_namespace_it_is_not);
}
