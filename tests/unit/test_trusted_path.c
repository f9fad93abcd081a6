/*
 * test_trusted_path.c - which users could change the meaning of a path. The tests' directory lies
 * below directories that other users may write to, so the paths are relative to it. Needs root, the
 * only user that is trusted.
 */
#include "process/trusted_path.h"

#include <sys/stat.h>

#include "kit.h"

enum { SOMEBODY = 12345 };

/* own/: only root may write; open/: every user may; theirs/: another user may. In the directory
 * itself only root may. */
static void make_directories(void)
{
    chmod(".", S_IRWXU);
    mkdir("own", 0755), mkdir("open", 0755), mkdir("theirs", 0755); /* the tests share the folder */
    ck_assert_int_eq(chmod("open", 01777) | chown("theirs", SOMEBODY, SOMEBODY), 0);
    make_text_file("own/file", "", 0644);
    make_text_file("open/file", "", 0644);
}

static void link_to(const char *target, const char *path)
{
    unlink(path);
    ck_assert_int_eq(symlink(target, path), 0);
}

START_TEST(directories)
{
    static const struct {
        const char *path;
        bool trusted;
    } paths[] = {
        {"own/file", true},
        {"own//./file", true},
        {"own/new", true},
        {"open/file", false},
        {"theirs/new", false},
        {"file", true},
        {"absent/file", false},
        {"own/file/below", false},
        {"own/../open/x", false},
        {"/", true},
        {"/dev/null", true},
        {"/proc/self/fd/1", true},
        {"own", true},
        {"open", true},
        {"own/../own/x", true},
    };
    if (geteuid() != 0)
        return;
    make_directories();
    for (size_t i = 0; i < COUNT(paths); i++)
        ck_assert_msg(trusted_path_check(paths[i].path) == paths[i].trusted, "%s", paths[i].path);
}
END_TEST

START_TEST(links)
{
    if (geteuid() != 0)
        return;
    make_directories();
    link_to("../own/file", "own/good");
    link_to("../open/file", "own/bad");
    link_to("../own", "open/way");
    link_to("circle", "own/circle");
    ck_assert(trusted_path_check("own/good"));
    ck_assert(!trusted_path_check("own/bad"));
    ck_assert(!trusted_path_check("open/way/file"));
    ck_assert(!trusted_path_check("own/circle"));
    ck_assert(trusted_path_check("/dev/stdout"));
}
END_TEST

static int opened(const char *path)
{
    int fd = trusted_path_open(path, O_RDONLY);
    int error = fd == -1 ? errno : 0;
    if (fd != -1)
        close(fd);
    return error;
}

/* A file may belong to any user; a link may not (117). */
START_TEST(no_link_of_another_user)
{
    if (geteuid() != 0)
        return;
    make_directories();
    link_to("../own/file", "own/good");
    link_to("../own/file", "open/bad");
    link_to("../own", "open/way");
    ck_assert_int_eq(opened("own/file"), 0);
    ck_assert_int_eq(opened("own/good"), 0);
    ck_assert_int_eq(opened("open/file"), 0);
    ck_assert_int_eq(opened("open/bad"), ELOOP);
    ck_assert_int_eq(opened("open/way/file"), ELOOP);
    ck_assert_int_eq(opened("own/absent"), ENOENT);
    ck_assert_int_eq(opened("/proc/self/fd/1"), 0);
}
END_TEST

static int opened_of_one(const char *path, uid_t *owner)
{
    int fd = trusted_path_open_single_owner(path, owner);
    int error = fd == -1 ? errno : 0;
    if (fd != -1)
        close(fd);
    return error;
}

START_TEST(one_alone_may_have_written_it)
{
    uid_t owner = 0;
    if (geteuid() != 0)
        return;
    make_directories();
    link_to("../own/file", "own/good");
    link_to("../own/file", "open/bad");
    ck_assert_int_eq(opened_of_one("own/good", &owner), 0);
    ck_assert_uint_eq(owner, 0);
    ck_assert_int_eq(opened_of_one("open/bad", &owner), ELOOP);
    ck_assert_int_eq(opened_of_one("absent/file", &owner), ENOENT);
    ck_assert_int_eq(opened_of_one("own/absent", &owner), ENOENT);
    ck_assert_int_eq(chown("open/file", SOMEBODY, 0), 0);
    ck_assert_int_eq(opened_of_one("open/file", &owner), 0);
    ck_assert_uint_eq(owner, SOMEBODY);
    ck_assert_int_eq(opened_of_one("own/good", &owner), 0);
    ck_assert_uint_eq(owner, SOMEBODY);
    ck_assert_int_eq(chown("open/file", SOMEBODY + 1, 0), 0);
    ck_assert_int_eq(opened_of_one("open/file", &owner), 0);
    ck_assert_uint_eq(owner, SEVERAL_OWNERS);
    ck_assert_int_eq(chmod("open/file", 0664), 0);
    ck_assert_int_eq(opened_of_one("open/file", &owner), EPERM);
    ck_assert_int_eq(chmod("open/file", 0646), 0);
    ck_assert_int_eq(opened_of_one("open/file", &owner), EPERM);
    ck_assert_int_eq(opened_of_one("own", &owner), 0); /* the read fails, as it is no file */
}
END_TEST

/* Through foster a user other than root gets no file that it could not have opened. */
START_TEST(others_open_what_they_may)
{
    uid_t owner = 0;
    if (geteuid() == 0) {
        make_directories();
        chmod(".", 0755);
        link_to("../own/file", "open/way");
        ck_assert_int_eq(seteuid(SOMEBODY), 0);
        ck_assert_int_eq(opened_of_one("open/way", &owner), 0);
        ck_assert_uint_eq(owner, 0);
        ck_assert_int_eq(seteuid(0), 0);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("trusted path", directories, links, no_link_of_another_user,
                     one_alone_may_have_written_it, others_open_what_they_may);
}
