/* test_path.c - the search in PATH. Each walk has exactly the room that path_room() asks for. */
#include "process/path.h"

#include "kit.h"

/* The candidates of a name, one a line. */
static const char *candidates(const char *name)
{
    static char lines[1 << 18];
    char *candidate = malloc(path_room(name)); /* exactly: the address sanitizer watches its end */
    struct path_walk walk = {0};
    lines[0] = '\0';
    while (path_next(&walk, name, candidate)) {
        ck_assert_uint_lt(strlen(candidate), path_room(name));
        strcat(strcat(lines, candidate), "\n");
    }
    ck_assert(!path_next(&walk, name, candidate));
    free(candidate);
    return lines;
}

START_TEST(each_directory_in_turn)
{
    static const struct {
        const char *list, *lines;
    } cases[] = {
        {"/a", "/a/x\n"},          {"/a:/bb:/c", "/a/x\n/bb/x\n/c/x\n"},
        {"/a/", "/a//x\n"},        {"/", "//x\n"},
        {".:bin", "./x\nbin/x\n"}, {"/a:/a", "/a/x\n/a/x\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("PATH", cases[i].list, true);
        ck_assert_str_eq(path_list(), cases[i].list);
        ck_assert_str_eq(candidates("x"), cases[i].lines);
    }
}
END_TEST

START_TEST(empty_entries_mean_nothing)
{
    static const struct {
        const char *list, *lines;
    } cases[] = {
        {"", ""},          {":", ""},         {":::", ""},
        {":/a", "/a/x\n"}, {"/a:", "/a/x\n"}, {"/a::/b", "/a/x\n/b/x\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("PATH", cases[i].list, true);
        ck_assert_str_eq(candidates("x"), cases[i].lines);
    }
}
END_TEST

START_TEST(without_path_the_default_counts)
{
    unsetenv("PATH");
    ck_assert_str_eq(path_list(), PATH_DEFAULT);
    ck_assert_str_eq(
        candidates("x"),
        "/usr/local/sbin/x\n/usr/local/bin/x\n/usr/sbin/x\n/usr/bin/x\n/sbin/x\n/bin/x\n");
}
END_TEST

START_TEST(a_name_with_a_slash_means_itself)
{
    static const char *const lists[] = {"", "/a", "/a:/b"};
    for (size_t i = 0; i < COUNT(lists); i++) {
        setenv("PATH", lists[i], true);
        ck_assert_str_eq(candidates("/bin/x"), "/bin/x\n");
        ck_assert_str_eq(candidates("./x"), "./x\n");
        ck_assert_str_eq(candidates("x/"), "x/\n");
        ck_assert_str_eq(candidates("/"), "/\n");
    }
}
END_TEST

START_TEST(an_empty_name_means_nothing)
{
    setenv("PATH", "/a:/b", true);
    ck_assert_str_eq(candidates(""), "");
}
END_TEST

/* An entry may be as long as a string of the environment; a name that the kernel would refuse is
 * cut, and still refused. */
START_TEST(what_is_longer_than_a_path)
{
    enum { LONG = 1 << 16 };
    static char list[LONG], expected[2 * LONG];
    memset(list, 'y', sizeof list - 1);
    memcpy(list, "/a:", 3);
    setenv("PATH", list, true);
    snprintf(expected, sizeof expected, "/a/x\n%.*s\n", PATH_MAX, list + 3);
    ck_assert_str_eq(candidates("x"), expected);
    ck_assert_uint_eq(path_room("x"), PATH_ROOM_MOST);
    list[1] = '/';
    snprintf(expected, sizeof expected, "%.*s\n", PATH_MAX, list);
    ck_assert_str_eq(candidates(list), expected);
    ck_assert_uint_eq(path_room(list), PATH_ROOM_MOST);
    expected[PATH_MAX] = '\0';
    ck_assert_int_eq(access(expected, F_OK), -1);
    ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

/* Around the limit, counted with the slash and the name. */
START_TEST(what_is_as_long_as_a_path)
{
    static char list[2 * PATH_MAX];
    for (size_t length = PATH_MAX - 5; length < PATH_MAX + 2; length++) {
        memset(list, 'y', length);
        list[length] = '\0';
        setenv("PATH", list, true);
        size_t whole = length + strlen("/x"), kept = whole < PATH_MAX ? whole : PATH_MAX;
        const char *found = candidates("x");
        ck_assert_uint_eq(strlen(found), kept + strlen("\n"));
        ck_assert_uint_eq(strspn(found, "y"), length < kept ? length : kept);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("path", each_directory_in_turn, empty_entries_mean_nothing,
                     without_path_the_default_counts, a_name_with_a_slash_means_itself,
                     an_empty_name_means_nothing, what_is_longer_than_a_path,
                     what_is_as_long_as_a_path);
}
