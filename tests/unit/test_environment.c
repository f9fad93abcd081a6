/* test_environment.c - foster's environment with additions, and without the variables that were for
 * foster itself. */
#include "process/environment.h"

#include "kit.h"

enum { ENTRIES = 32 };

static char *merged[ENTRIES];

/* Foster's environment. */
static void have(const char *const *list)
{
    static char *entries[ENTRIES], bytes[ENTRIES][ENTRIES];
    size_t i;
    for (i = 0; list[i] != NULL; i++)
        entries[i] = strcpy(bytes[i], list[i]);
    entries[i] = NULL;
    environ = entries;
}
#define HAVE(...) have((const char *const[]){__VA_ARGS__, NULL})

/* Merges, and checks that nothing is written behind the room that was asked for. */
static void merge(char *const *additions, size_t count)
{
    size_t room = environment_room(count);
    ck_assert_uint_lt(room, ENTRIES);
    for (size_t i = 0; i < ENTRIES; i++)
        merged[i] = (char[]){"untouched"};
    char *behind = merged[room];
    environment_merge(merged, additions, count);
    ck_assert_ptr_eq(merged[room], behind);
}
#define MERGE(...) merge(make_arguments(LIST(__VA_ARGS__)), COUNT(LIST(__VA_ARGS__)) - 1)
#define LIST(...)  ((const char *const[]){__VA_ARGS__, NULL})

static void assert_merged(const char *const *expected)
{
    size_t i;
    for (i = 0; expected[i] != NULL; i++)
        ck_assert_pstr_eq(merged[i], expected[i]);
    ck_assert_ptr_null(merged[i]);
}
#define MERGED(...) assert_merged((const char *const[]){__VA_ARGS__, NULL})

START_TEST(nothing_is_added)
{
    HAVE("A=1", "B=2", "A=3", "odd", "=x", "");
    merge(NULL, 0);
    MERGED("A=1", "B=2", "A=3", "odd", "=x", "");
    have((const char *const[]){NULL});
    merge(NULL, 0);
    ck_assert_ptr_null(merged[0]);
}
END_TEST

START_TEST(additions_take_the_place)
{
    HAVE("A=1", "AB=2", "B=3", "A=4", "C", "a=5");
    MERGE("A=x", "D=", "C=y");
    MERGED("AB=2", "B=3", "a=5", "A=x", "D=", "C=y");
    HAVE("PATHS=1", "PAT=2", "PATH=3");
    MERGE("PATH=4");
    MERGED("PATHS=1", "PAT=2", "PATH=4");
}
END_TEST

START_TEST(the_later_of_two_counts)
{
    HAVE("A=1");
    MERGE("A=2", "B=1", "A=3", "B=2", "A=4");
    MERGED("B=2", "A=4");
}
END_TEST

START_TEST(what_was_meant_for_foster)
{
    HAVE("NOTIFY_SOCKET=/x", "LISTEN_PID=1", "LISTEN_FDS=2", "LISTEN_FDNAMES=a", "WATCHDOG_USEC=3",
         "WATCHDOG_PID=1", "LISTEN_FDS2=1", "XLISTEN_FDS=1", "LISTEN=1", "LISTEN_PID");
    char *removed[ENVIRONMENT_OWN];
    ck_assert_uint_eq(environment_remove_own(removed), ENVIRONMENT_OWN);
    ck_assert_str_eq(removed[0], "NOTIFY_SOCKET=/x");
    ck_assert_str_eq(removed[1], "LISTEN_PID=1"); /* the first of two */
    ck_assert_str_eq(removed[5], "WATCHDOG_PID=1");
    merge(NULL, 0);
    MERGED("LISTEN_FDS2=1", "XLISTEN_FDS=1", "LISTEN=1");
    ck_assert_uint_eq(environment_remove_own(removed), 0);
    MERGE("LISTEN_FDS=1", "NOTIFY_SOCKET=@1");
    MERGED("LISTEN_FDS2=1", "XLISTEN_FDS=1", "LISTEN=1", "LISTEN_FDS=1", "NOTIFY_SOCKET=@1");
}
END_TEST

START_TEST(the_strings_are_not_copied)
{
    char addition[] = "B=2";
    HAVE("A=1");
    merge((char *[]){addition}, 1);
    ck_assert_ptr_eq(merged[0], environ[0]);
    ck_assert_ptr_eq(merged[1], addition);
}
END_TEST

START_TEST(a_variable_is_found_by_its_whole_name)
{
    char one[] = "AB=1", two[] = "A=2", three[] = "A=3", four[] = "B";
    char *list[] = {one, two, three, four, NULL};
    ck_assert_str_eq(environment_find(list, "A=", 1), "2");
    ck_assert_str_eq(environment_find(list, "ABC", 2), "1");
    ck_assert_ptr_null(environment_find(list, "B", 1));
    ck_assert_ptr_null(environment_find(list, "AB=", 3));
}
END_TEST

START_TEST(what_is_an_entry)
{
    static const char *const good[] = {"A=",    "A=1",     "_=x",  "a_9Z=", "A==",
                                       "A=b=c", "zZ09=\n", "9A=1", "A-B=1", "discovery.type=x",
                                       "A b=1"};
    static const char *const bad[] = {"", "=", "=1", "A"};
    for (size_t i = 0; i < COUNT(good); i++)
        ck_assert_msg(environment_is_entry(good[i]), "%s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!environment_is_entry(bad[i]), "%s", bad[i]);
}
END_TEST

int main(void)
{
    return RUN_TESTS("environment", nothing_is_added, additions_take_the_place,
                     the_later_of_two_counts, what_was_meant_for_foster, the_strings_are_not_copied,
                     a_variable_is_found_by_its_whole_name, what_is_an_entry);
}
