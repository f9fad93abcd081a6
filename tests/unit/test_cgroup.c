/*
 * test_cgroup.c - the limits and counters of foster's cgroup. A test cannot make a cgroup
 * everywhere, so the wrapped file_head and file_head_again give the files of a container and of a
 * host, of both versions, and none.
 */
#include "process/cgroup.h"

#include "base/file.h"

#include "kit.h"

struct file {
    const char *path, *content;
};
static const struct file *files; /* a list that a NULL path ends */

ssize_t __wrap_file_head(const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head(const char *path, char *buffer, size_t size)
{
    for (const struct file *file = files; file->path != NULL; file++)
        if (strcmp(file->path, path) == 0) {
            snprintf(buffer, size, "%s", file->content);
            return (ssize_t)strlen(buffer);
        }
    errno = ENOENT;
    return -1;
}
/* A descriptor that is kept stands for the file that it was opened for. */
ssize_t __wrap_file_head_again(int *fd, const char *path, char *buffer, size_t size);
ssize_t __wrap_file_head_again(int *fd, const char *path, char *buffer, size_t size)
{
    static char opened[PATH_MAX];
    if (*fd != -1)
        return __wrap_file_head(opened, buffer, size);
    ssize_t length = __wrap_file_head(path, buffer, size);
    if (length != -1) {
        strcpy(opened, path);
        *fd = open("/dev/null", O_RDONLY);
    }
    return length;
}

#define FILES(...) (files = (const struct file[]){__VA_ARGS__, {NULL, NULL}})

static const struct cgroup_file pids = {"pids", "pids.current", "pids.current"};

static const char *pids_current(void)
{
    static char content[64];
    return cgroup_read(&pids, content, sizeof content) ? content : "nothing";
}

START_TEST(nothing_is_known)
{
    struct text text;
    FILES({"/elsewhere", ""});
    text_clear(&text);
    ck_assert_str_eq(pids_current(), "nothing");
    ck_assert_int_eq(cgroup_oom_kills(), 0);
    ck_assert(!cgroup_add_memory_limit(&text));
    ck_assert_str_eq(text.bytes, "");
}
END_TEST

START_TEST(version_2)
{
    FILES({"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup//pids.current", "3\n"});
    ck_assert_str_eq(pids_current(), "3");
    FILES({"/proc/self/cgroup", "0::/a/b\n"}, {"/sys/fs/cgroup/a/b/pids.current", "4\n"},
          {"/sys/fs/cgroup/pids.current", "5\n"});
    ck_assert_str_eq(pids_current(), "4");
    /* its path is the host's, and the mount is its own cgroup: no cgroup namespace */
    FILES({"/proc/self/cgroup", "0::/docker/1234\n"}, {"/sys/fs/cgroup/pids.current", "5\n"});
    ck_assert_str_eq(pids_current(), "5");
}
END_TEST

START_TEST(version_1)
{
    static const char groups[] =
        "12:memory:/m\n9:cpu,pids,net_cls:/p/q\n5:name=pids:/wrong\n1:name=systemd:/s\n0::/\n";
    FILES({"/proc/self/cgroup", groups}, {"/sys/fs/cgroup/pids/p/q/pids.current", "6\n"},
          {"/sys/fs/cgroup/pids/pids.current", "7\n"});
    ck_assert_str_eq(pids_current(), "6");
    FILES({"/proc/self/cgroup", groups}, {"/sys/fs/cgroup/pids/pids.current", "7\n"});
    ck_assert_str_eq(pids_current(), "7");
    FILES({"/proc/self/cgroup", "3:pid:/no\n4:pidss:/no\n5:xpids,pids:/yes:colon\n"},
          {"/sys/fs/cgroup/pids/yes:colon/pids.current", "8\n"});
    ck_assert_str_eq(pids_current(), "8");
}
END_TEST

START_TEST(files_that_are_odd)
{
    static char path[8192] = "0::/";
    FILES({"/proc/self/cgroup", "rubbish\n:\n::\n"}, {"/sys/fs/cgroup/pids.current", "9"});
    ck_assert_str_eq(pids_current(), "9");
    FILES({"/proc/self/cgroup", ""}, {"/sys/fs/cgroup/pids/pids.current", ""});
    ck_assert_str_eq(pids_current(), "");
    memset(path + 4, 'x',
           sizeof path - 5); /* longer than any path: it is not cut and read, but left */
    FILES({"/proc/self/cgroup", path}, {"/sys/fs/cgroup/pids.current", "10\n"});
    ck_assert_str_eq(pids_current(), "10");
}
END_TEST

START_TEST(kills_of_the_oom_killer)
{
    static const struct {
        const char *path, *content;
        long kills;
    } cases[] = {
        {"/sys/fs/cgroup//memory.events",
         "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 1\n", 3},
        {"/sys/fs/cgroup//memory.events", "low 0\noom 4\noom_kill 0\n", 0},
        {"/sys/fs/cgroup//memory.events", "oom 4\noom_group_kill 2\n", 0},
        {"/sys/fs/cgroup/memory/memory.oom_control",
         "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", 2},
        {"/sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n", 0},
        {"/sys/fs/cgroup//memory.events", "", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = -1;
        FILES({"/proc/self/cgroup", "0::/\n"}, {cases[i].path, cases[i].content});
        if (fork() == 0) /* the file is kept open */
            _exit(cgroup_oom_kills() != cases[i].kills);
        wait(&status);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

/* The file is found once, and then read again through its descriptor; a file that is read once is
 * closed. */
START_TEST(the_counter_stays_open)
{
    FILES({"/elsewhere", ""});
    ck_assert_int_eq(cgroup_oom_kills(), 0);
    FILES({"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup//memory.events", "oom_kill 1\n"});
    ck_assert_int_eq(cgroup_oom_kills(), 1);
    FILES({"/sys/fs/cgroup//memory.events", "oom_kill 2\n"},
          {"/sys/fs/cgroup/memory.events", "oom_kill 7\n"}, {"/sys/fs/cgroup/pids.current", "3\n"});
    ck_assert_int_eq(cgroup_oom_kills(), 2);
    int before = open("/dev/null", O_RDONLY);
    ck_assert_str_eq(pids_current(), "3");
    ck_assert_int_eq(open("/dev/null", O_RDONLY), before + 1);
}
END_TEST

START_TEST(memory_limits)
{
    static const struct {
        const char *path, *content, *words; /* NULL: there is no limit */
    } cases[] = {
        {"/sys/fs/cgroup//memory.max", "max\n", NULL},
        {"/sys/fs/cgroup//memory.max", "16777216\n", "16 MiB"},
        {"/sys/fs/cgroup//memory.max", "1099511627776\n", "1048576 MiB"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "6291456\n", "6 MiB"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n", NULL},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "18446744073709551615\n", NULL},
        {"/sys/fs/cgroup//memory.max", "", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text text;
        text_clear(&text);
        FILES({"/proc/self/cgroup", "0::/\n"}, {cases[i].path, cases[i].content});
        ck_assert_int_eq(cgroup_add_memory_limit(&text), cases[i].words != NULL);
        ck_assert_str_eq(text.bytes, cases[i].words != NULL ? cases[i].words : "");
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("cgroup", nothing_is_known, version_2, version_1, files_that_are_odd,
                     kills_of_the_oom_killer, the_counter_stays_open, memory_limits);
}
