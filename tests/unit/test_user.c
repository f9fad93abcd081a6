/*
 * test_user.c - users by name and number. The wrapped open gives the test's own files for
 * /etc/passwd and /etc/group.
 */
#include "process/user.h"

#include <stdarg.h>

#include "kit.h"

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = (flags & O_CREAT) != 0 ? va_arg(list, int) : 0;
    va_end(list);
    return __real_open(strncmp(path, "/etc/", 5) == 0 ? path + 5 : path, flags, mode);
}

static const char passwd[] = "# users\n"
                             "+::::::\n"
                             "root:x:0:0:root:/root:/bin/sh\n"
                             "\n"
                             "short\n"
                             "short:x\n"
                             "short:x:7\n"
                             ":x:9:9::/:\n"
                             "letters:x:abc:1::/:\n"
                             "nogroup:x:8:abc::/:\n"
                             "large:x:2147483648:1::/:\n"
                             "most:x:2147483647:1::/:\n"
                             "www:x:33:44:web,,,:/var/www:/bin/sh\n"
                             "www:x:34:45::/second:/bin/sh\n"
                             "twin:x:33:46::/twin:/bin/sh\n"
                             "1000:x:55:55::/number:/bin/sh\n"
                             "homeless:x:56:56\n"
                             "last:x:77:78::/last"; /* no newline */

static const char group[] = "root:x:0:\n"
                            ":x:9:\n"
                            "web:x:44:\n"
                            "audio:x:60:www\n"
                            "video:x:61:www2,ww,wwww\n"
                            "disk:x:62:root,www,last\n"
                            "bad:x:abc:www\n"
                            "dev:x:63:last,www\n"
                            "twins:x:64:twin\n"
                            "dev:x:65:";

static struct user user;
static const char *missing;

static void prepare(void)
{
    make_text_file("passwd", passwd, 0644);
    make_text_file("group", group, 0644);
}

static void assert_user(const char *string, uid_t uid, gid_t gid, const char *name,
                        const char *home)
{
    memset(&user, 'x', sizeof user);
    ck_assert_msg(user_parse(string, &user, &missing), "%s", string);
    ck_assert_msg(user.uid == uid && user.gid == gid, "%s is %u:%u", string, user.uid, user.gid);
    ck_assert_pstr_eq(user.name, name);
    ck_assert_pstr_eq(user.home, home);
}

static void assert_groups(const gid_t *groups, size_t count)
{
    ck_assert_uint_eq(user.group_count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(user.groups[i], groups[i]);
}
#define GROUPS(...)                                                                                \
    assert_groups((const gid_t[]){__VA_ARGS__}, COUNT(((const gid_t[]){__VA_ARGS__})))

static void assert_missing(const char *string, const char *part)
{
    ck_assert_msg(!user_parse(string, &user, &missing), "%s", string);
    ck_assert_str_eq(missing, part);
}

START_TEST(by_name)
{
    prepare();
    assert_user("root", 0, 0, "root", "/root");
    GROUPS(0, 62);
    assert_user("www", 33, 44, "www", "/var/www");
    GROUPS(44, 60, 62, 63);
    assert_user("last", 77, 78, "last", "/last");
    GROUPS(78, 62, 63);
    assert_user("most", INT_MAX, 1, "most", "/");
    assert_user("homeless", 56, 56, "homeless", "");
}
END_TEST

START_TEST(by_number)
{
    prepare();
    assert_user("33", 33, 44, "www", "/var/www");
    GROUPS(44, 60, 62, 63);
    assert_user("034", 34, 45, "www", "/second");
    assert_user("1000", 1000, 0, NULL, NULL); /* not the user of that name */
    ck_assert_uint_eq(user.group_count, 0);
    assert_user("6", 6, 0, NULL, NULL);
    assert_user("2147483647", INT_MAX, 1, "most", "/");
}
END_TEST

START_TEST(with_a_group)
{
    prepare();
    assert_user("www:disk", 33, 62, "www", "/var/www");
    ck_assert_uint_eq(user.group_count, 0);
    assert_user("www:5", 33, 5, "www", "/var/www");
    assert_user("33:dev", 33, 63, "www", "/var/www");
    assert_user("1000:1001", 1000, 1001, NULL, NULL);
    assert_user("1000:dev", 1000, 63, NULL, NULL);
    ck_assert_uint_eq(user.group_count, 0);
}
END_TEST

START_TEST(what_is_unknown)
{
    static const char *const users[] = {"nobody",
                                        "ww",
                                        "www2",
                                        "",
                                        ":",
                                        "short",
                                        "letters",
                                        "large",
                                        "+",
                                        "# users",
                                        "2147483648",
                                        "-1",
                                        " 33",
                                        "a name that is longer than any number",
                                        "000000000000000000000000000000033",
                                        ":dev",
                                        "nogroup",
                                        "7",
                                        "8",
                                        "x"};
    prepare();
    for (size_t i = 0; i < COUNT(users); i++)
        assert_missing(users[i], users[i]);
    assert_missing("nobody:dev", "nobody:dev");
    assert_missing("www:nothing", "nothing");
    assert_missing("www:", "");
    assert_missing("www:bad", "bad");
    assert_missing("www:dev:more", "dev:more");
    assert_missing("33:2147483648", "2147483648");
}
END_TEST

START_TEST(numbers_need_no_files)
{
    unlink("passwd");
    unlink("group");
    assert_user("33", 33, 0, NULL, NULL);
    assert_user("33:44", 33, 44, NULL, NULL);
    assert_missing("root", "root");
    assert_missing("0:root", "root");
    make_text_file("passwd", "", 0644);
    make_text_file("group", "", 0644);
    assert_user("33", 33, 0, NULL, NULL);
    assert_missing("root", "root");
}
END_TEST

/* A group with very many members, and files that end where a page does: no byte after the end is
 * read. */
START_TEST(long_lines_and_full_pages)
{
    enum { PAGE = 4096, LONG = 10 * PAGE };
    static char bytes[LONG];
    memset(bytes, 'm', sizeof bytes);
    memcpy(bytes, "all:x:5:", 8);
    memcpy(bytes + LONG - 4, ",www", 4);
    make_file("group", bytes, sizeof bytes, 0644);
    memset(bytes, '#', PAGE);
    memcpy(bytes + PAGE - 11, "\nwww:x:5:66", 11);
    make_file("passwd", bytes, PAGE, 0644);
    assert_user("www", 5, 66, "www", "");
    GROUPS(66, 5);
    memcpy(bytes + PAGE - 8, "\nwww:x:5", 8);
    make_file("passwd", bytes, PAGE, 0644);
    assert_missing("www", "www");
}
END_TEST

START_TEST(nothing_stays_open)
{
    prepare();
    int before = dup(STDIN_FILENO);
    close(before);
    assert_user("www:disk", 33, 62, "www", "/var/www");
    assert_missing("nobody", "nobody");
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[PATH_MAX];
    while (fgets(line, sizeof line, maps) != NULL)
        ck_assert_msg(strstr(line, "/passwd") == NULL && strstr(line, "/group") == NULL, "%s",
                      line);
    fclose(maps);
    int after = dup(STDIN_FILENO);
    ck_assert_int_eq(before, after);
}
END_TEST

START_TEST(names_and_numbers_are_told_apart)
{
    static const char *const names[] = {"root", "root:0", "0:root", "0a", "0:0a", "1-2"};
    static const char *const numbers[] = {"0", "0:0", "1234:5", "0:"};
    for (size_t i = 0; i < COUNT(names); i++)
        ck_assert_msg(user_has_name(names[i]), "%s", names[i]);
    for (size_t i = 0; i < COUNT(numbers); i++)
        ck_assert_msg(!user_has_name(numbers[i]), "%s", numbers[i]);
}
END_TEST

int main(void)
{
    return RUN_TESTS("user", by_name, by_number, with_a_group, what_is_unknown,
                     numbers_need_no_files, long_lines_and_full_pages, nothing_stays_open,
                     names_and_numbers_are_told_apart);
}
