/*
 * test_attributes.c - a service's attributes. In each test a child takes them and reports its user,
 * limits and so on. Root tests that they are set; other users test that they are refused.
 */
#include "process/attributes.h"

#include <grp.h>

#include "base/file.h"
#include "base/text.h"
#include "process/fd_map.h"
#include "process/user.h"

#include "kit.h"

enum { GROUPS_MOST = 8, UID = 12345, GID = 23456, NOBODY_YET = -1 };

/* The attributes of a process. */
struct being {
    uid_t uids[3];
    gid_t gids[3];
    int group_count;
    gid_t groups[GROUPS_MOST];
    mode_t umask;
    int nice;
    char oom_score_adj[DECIMAL_MAX];
    struct rlimit files, core;
    int no_new_privileges;
    char directory[PATH_MAX];
};

static struct story {
    int error;
    const char *failed, *path;
    struct being before, after;
} * story;

static struct attributes attributes;

static void describe(struct being *being)
{
    memset(being, 0, sizeof *being);
    getresuid(&being->uids[0], &being->uids[1], &being->uids[2]);
    getresgid(&being->gids[0], &being->gids[1], &being->gids[2]);
    being->group_count = getgroups(GROUPS_MOST, being->groups);
    being->umask = umask(0);
    umask(being->umask);
    being->nice = getpriority(PRIO_PROCESS, 0);
    file_head("/proc/self/oom_score_adj", being->oom_score_adj, sizeof being->oom_score_adj);
    getrlimit(RLIMIT_NOFILE, &being->files);
    getrlimit(RLIMIT_CORE, &being->core);
    being->no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    if (getcwd(being->directory, sizeof being->directory) == NULL)
        strcpy(being->directory, "?");
}

/* A child, of that user if it is one, applies the attributes; how that went is then in the story.
 */
static void apply_as(int uid)
{
    int status;
    story = mmap(NULL, sizeof *story, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(story, MAP_FAILED);
    pid_t pid = fork_bound();
    if (pid == 0) {
        if (uid != NOBODY_YET &&
            (setgroups(0, NULL) == -1 || setgid((gid_t)uid) == -1 || setuid((uid_t)uid) == -1))
            _exit(EXIT_FAILURE);
        describe(&story->before);
        story->error = attributes_apply(&attributes, &story->failed, &story->path);
        describe(&story->after);
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

static struct being *become(void)
{
    apply_as(NOBODY_YET);
    ck_assert_msg(story->error == 0, "cannot %s: %s", story->failed, strerror(story->error));
    return &story->after;
}

static void assert_failure_as(int uid, int error, const char *failed)
{
    apply_as(uid);
    ck_assert_int_eq(story->error, error);
    ck_assert_pstr_eq(story->failed, failed);
}

static bool is_root(void)
{
    return geteuid() == 0;
}

/* ---- attributes ---- */

START_TEST(nothing_is_changed)
{
    attributes.umask = 0777, attributes.nice = 19,
    attributes.oom_score_adj = 1000; /* and not given */
    become();
    ck_assert_mem_eq(&story->before, &story->after, sizeof story->before);
}
END_TEST

START_TEST(those_that_anybody_may_have)
{
    static const struct limit limits[] = {
        {RLIMIT_NOFILE, {.rlim_cur = 20, .rlim_max = 30}},
        {RLIMIT_CORE, {.rlim_cur = 0, .rlim_max = 0}},
    };
    attributes = (struct attributes){
        .given = UMASK_GIVEN | NICE_GIVEN | OOM_SCORE_ADJ_GIVEN,
        .umask = 0135,
        .nice = 11,
        .oom_score_adj = 999,
        .directory = "/proc",
        .limits = limits,
        .limit_count = COUNT(limits),
        .no_new_privileges = true,
    };
    const struct being *being = become();
    ck_assert_uint_eq(being->umask, 0135);
    ck_assert_int_eq(being->nice, 11);
    ck_assert_str_eq(being->oom_score_adj, "999\n");
    ck_assert_str_eq(being->directory, "/proc");
    ck_assert_uint_eq(being->files.rlim_cur, 20);
    ck_assert_uint_eq(being->files.rlim_max, 30);
    ck_assert_uint_eq(being->core.rlim_max, 0);
    ck_assert_int_eq(being->no_new_privileges, 1);
    ck_assert_mem_eq(being->uids, story->before.uids, sizeof being->uids);
}
END_TEST

START_TEST(zero_is_a_value)
{
    umask(077);
    attributes.given = UMASK_GIVEN;
    ck_assert_uint_eq(become()->umask, 0);
}
END_TEST

START_TEST(a_user)
{
    static const gid_t groups[] = {GID, 7, 8};
    static const struct user user = {
        .uid = UID, .gid = GID, .groups = groups, .group_count = COUNT(groups)};
    if (!is_root())
        return;
    attributes.user = &user;
    const struct being *being = become();
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(being->uids[i], UID);
        ck_assert_uint_eq(being->gids[i], GID);
    }
    ck_assert_int_eq(being->group_count, COUNT(groups));
    ck_assert_uint_eq(being->groups[0] + being->groups[1] + being->groups[2], GID + 7 + 8);
}
END_TEST

START_TEST(a_user_without_groups_has_none_of_ours)
{
    static const struct user user = {.uid = UID, .gid = GID};
    static const gid_t ours[] = {5, 6};
    if (!is_root())
        return;
    ck_assert_int_eq(setgroups(COUNT(ours), ours), 0);
    attributes.user = &user;
    ck_assert_int_eq(become()->group_count, 0);
    ck_assert_int_eq(story->before.group_count, 2);
}
END_TEST

/* Attributes that only root may set come first; but the directory must be one that the user may
 * enter. */
START_TEST(the_user_comes_between)
{
    static const struct user user = {.uid = UID, .gid = GID};
    if (!is_root())
        return;
    attributes = (struct attributes){
        .user = &user, .given = NICE_GIVEN | OOM_SCORE_ADJ_GIVEN, .nice = -3, .oom_score_adj = 1};
    ck_assert_int_eq(become()->nice, -3);
    ck_assert_str_eq(story->after.oom_score_adj, "1\n");
    ck_assert_int_eq(mkdir("private", 0700), 0);
    attributes.directory = "private";
    assert_failure_as(NOBODY_YET, EACCES, "enter its working_dir");
    ck_assert_uint_eq(story->after.uids[0], UID);
}
END_TEST

START_TEST(an_ordinary_user_may_keep_its_ids)
{
    static const gid_t group = UID;
    static struct user user = {.uid = UID, .gid = UID, .groups = &group, .group_count = 1};
    if (!is_root())
        return;
    attributes.user = &user;
    assert_failure_as(UID, 0, NULL);
    user.uid = UID + 1;
    assert_failure_as(UID, EPERM, "become its user");
    ck_assert_mem_eq(&story->before, &story->after, sizeof story->before);
    user.uid = UID, user.gid = GID;
    assert_failure_as(UID, EPERM, "become its user");
}
END_TEST

START_TEST(what_cannot_be_done_is_named)
{
    static const struct limit bad = {9999, {0}},
                              upside_down = {RLIMIT_CORE, {.rlim_cur = 1, .rlim_max = 0}};
    attributes = (struct attributes){.directory = "absent", .no_new_privileges = true};
    assert_failure_as(NOBODY_YET, ENOENT, "enter its working_dir");
    ck_assert_int_eq(story->after.no_new_privileges, 0);
    attributes.given = OOM_SCORE_ADJ_GIVEN, attributes.oom_score_adj = 1001;
    assert_failure_as(NOBODY_YET, EINVAL, "set its oom_score_adj");
    attributes = (struct attributes){.limits = &bad, .limit_count = 1};
    assert_failure_as(NOBODY_YET, EINVAL, "set its limits");
    attributes.limits = &upside_down;
    assert_failure_as(NOBODY_YET, EINVAL, "set its limits");
    attributes = (struct attributes){.given = NICE_GIVEN, .nice = -1};
    if (is_root())
        assert_failure_as(UID, EACCES, "set its nice value");
    else
        assert_failure_as(NOBODY_YET, EACCES, "set its nice value");
}
END_TEST

/* ---- descriptors ---- */

enum { A = 50, B, C, D, LAST = 200 };

/* A file of its own on that number, close-on-exec. */
static ino_t put_file(int fd)
{
    char name[2] = {(char)('A' + fd - A)};
    struct stat status;
    make_text_file(name, "", 0600);
    int file = open(name, O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(dup3(file, fd, O_CLOEXEC), fd);
    close(file);
    ck_assert_int_eq(fstat(fd, &status), 0);
    return status.st_ino;
}

static ino_t file_on(int fd)
{
    struct stat status;
    ck_assert_msg(fstat(fd, &status) == 0, "nothing on %d", fd);
    return status.st_ino;
}

/* How many a program would have, from that number on. */
static int inherited_from(int first)
{
    int count = 0;
    for (int fd = first; fd < LAST; fd++)
        count += fcntl(fd, F_GETFD) == 0;
    return count;
}

START_TEST(into_each_others_places)
{
    ino_t a = put_file(A), b = put_file(B), c = put_file(C), d = put_file(D);
    struct fd_mapping plugs[] = {{A, B}, {B, C}, {C, A}, {D, D}, {A, D + 1}};
    int before = inherited_from(3);
    ck_assert_int_eq(fd_map_end(plugs, COUNT(plugs)), D + 2);
    ck_assert(fd_map_has(plugs, COUNT(plugs), D + 1));
    ck_assert(!fd_map_has(plugs, COUNT(plugs) - 1, D + 1));
    ck_assert_int_eq(fd_map_apply(plugs, COUNT(plugs)), 0);
    ck_assert_uint_eq(file_on(A), c);
    ck_assert_uint_eq(file_on(B), a);
    ck_assert_uint_eq(file_on(C), b);
    ck_assert_uint_eq(file_on(D), d);
    ck_assert_uint_eq(file_on(D + 1), a);
    ck_assert_int_eq(inherited_from(3), before + (int)COUNT(plugs));
}
END_TEST

START_TEST(sources_above_stay_where_they_are)
{
    ino_t d = put_file(D);
    struct fd_mapping plugs[] = {{D, A}, {D, STDERR_FILENO}};
    int before = inherited_from(A);
    ck_assert_int_eq(fd_map_apply(plugs, COUNT(plugs)), 0);
    ck_assert_int_eq(plugs[0].from, D);
    ck_assert_uint_eq(file_on(A), d);
    ck_assert_uint_eq(file_on(STDERR_FILENO), d);
    ck_assert_int_eq(fcntl(D, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(inherited_from(A), before + 1);
}
END_TEST

START_TEST(nothing_to_connect)
{
    ck_assert_int_eq(fd_map_end(NULL, 0), 0);
    ck_assert(!fd_map_has(NULL, 0, 0));
    ck_assert_int_eq(fd_map_apply(NULL, 0), 0);
}
END_TEST

START_TEST(what_cannot_be_connected)
{
    struct fd_mapping low = {.from = A, .to = B}, high = {.from = LAST, .to = A},
                      far = {.from = 0, .to = 1 << 30};
    close(A);
    ck_assert_int_eq(fd_map_apply(&low, 1), EBADF);
    ck_assert_int_eq(fd_map_apply(&high, 1), EBADF);
    ck_assert_int_eq(fd_map_apply(&far, 1), EMFILE); /* fcntl(2) fails with EINVAL */
}
END_TEST

/* The one process that is left is one that this user may not signal. */
START_TEST(ids_for_a_while)
{
    static const struct user user = {.uid = 1234, .gid = 2345};
    uid_t uids[3];
    gid_t gids[3];
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(attributes_set_ids(&user, false), 0);
    ck_assert_int_eq(
        getresuid(&uids[0], &uids[1], &uids[2]) | getresgid(&gids[0], &gids[1], &gids[2]), 0);
    ck_assert(uids[0] == 0 && uids[1] == user.uid && uids[2] == 0);
    ck_assert(gids[0] == 0 && gids[1] == user.gid && gids[2] == 0);
    ck_assert_int_eq(getgroups(0, NULL), 0);
    ck_assert_int_eq(seteuid(0) | setegid(0), 0);
}
END_TEST

int main(void)
{
    return RUN_TESTS("attributes", nothing_is_changed, those_that_anybody_may_have, zero_is_a_value,
                     a_user, a_user_without_groups_has_none_of_ours, the_user_comes_between,
                     an_ordinary_user_may_keep_its_ids, what_cannot_be_done_is_named,
                     into_each_others_places, sources_above_stay_where_they_are, nothing_to_connect,
                     what_cannot_be_connected, ids_for_a_while);
}
