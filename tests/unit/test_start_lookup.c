/* test_start_lookup.c - what a start looks up: variables and files of them, and each reason for
 * which that fails. The test process plays the child. */
#include "supervise/start_lookup.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit.h"
#include "process/environment.h"
#include "process/user.h"

static struct program program;
static struct environment_source sources[4];
static struct settings settings;

static void set_sources(unsigned count)
{
    settings = (struct settings){.environment = sources, .environment_count = count};
    program = (struct program){0};
}

static bool look_up(unsigned count)
{
    set_sources(count);
    return start_lookup_environment(&program, &settings, NULL, NULL, 0, 0);
}

static const char *value(const char *name)
{
    return environment_find(program.environment, name, strlen(name));
}

static void fails_with(const char *step, const char *object, const char *reason)
{
    ck_assert_int_eq(program.error, EAGAIN); /* it may be there at the next start */
    ck_assert_str_eq(program.failed_step, step);
    ck_assert_str_eq(program.failed_path, object);
    ck_assert_str_eq(program.failed_reason, reason);
}

static char one[] = "A=1", two[] = "B=${A}2", three[] = "A=3", file[] = "env", home[] = "HOME=/h",
            pid[] = "A=own", missing[] = "C=${NONE}";

START_TEST(a_line_sees_the_lines_above_it)
{
    sources[0].text = one;
    sources[1].text = two;
    sources[2].text = three;
    ck_assert(look_up(3));
    ck_assert_str_eq(value("A"), "3");
    ck_assert_str_eq(value("B"), "12");
}
END_TEST

START_TEST(other_entries_come_before_and_behind)
{
    char *entries[] = {home, pid};
    static char uses_home[] = "B=${HOME}";
    sources[0].text = uses_home;
    sources[1].text = one;
    set_sources(2);
    ck_assert(start_lookup_environment(&program, &settings, NULL, entries, 1, 2));
    ck_assert_str_eq(value("B"), "/h");
    ck_assert_str_eq(value("A"), "own");
}
END_TEST

START_TEST(a_file_is_read_between_the_lines)
{
    make_text_file("env",
                   "\xef\xbb\xbf"
                   "A=f\nB='${A}'\n",
                   0600);
    sources[0] = (struct environment_source){one, false, false};
    sources[1] = (struct environment_source){file, true, false};
    ck_assert(look_up(2));
    ck_assert_str_eq(value("A"), "f");
    ck_assert_str_eq(value("B"), "${A}");
    ck_assert_int_eq(unlink("env"), 0);
    ck_assert(!look_up(2));
    fails_with("read", "env", strerror(ENOENT));
    sources[1].is_optional = true;
    ck_assert(look_up(2));
    ck_assert_str_eq(value("A"), "1");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_has_a_reason)
{
    sources[0] = (struct environment_source){file, true, true};
    make_file("env", "A=1\n\0\n", 6, 0600);
    ck_assert(!look_up(1));
    fails_with("read", "env", "it has a NUL byte");
    make_text_file("env", "A=1\nno\n\n= b\n", 0600);
    ck_assert(!look_up(1));
    fails_with("read", "env", "line 4 needs NAME=VALUE");
    ck_assert_int_eq(unlink("env") | mkdir("env", 0700), 0);
    ck_assert(!look_up(1));
    fails_with("read", "env", "it is no regular file");
}
END_TEST

START_TEST(a_missing_variable_is_named)
{
    sources[0] = (struct environment_source){missing, false, false};
    ck_assert(!look_up(1));
    fails_with("expand", "${NONE}", "it is not set, and has no default");
    sources[0].text = one;
    ck_assert(look_up(1));
    ck_assert(!start_lookup_command(&program, "a ${NONE:?set it}"));
    fails_with("expand", "${NONE}", "set it");
    const char *path = "/${NONE}";
    ck_assert(!start_lookup_path(&program, &path));
    fails_with("expand", "${NONE}", "it is not set, and has no default");
}
END_TEST

START_TEST(a_command_has_its_words)
{
    ck_assert_int_eq(setenv("OF_FOSTER", "a b", 1), 0);
    sources[0] = (struct environment_source){one, false, false};
    ck_assert(look_up(1));
    ck_assert(start_lookup_command(&program, "run x${A} ${OF_FOSTER}"));
    ck_assert_str_eq(program.argv[0], "run");
    ck_assert_str_eq(program.argv[1], "x1");
    ck_assert_str_eq(program.argv[2], "a b");
    ck_assert_ptr_null(program.argv[3]);
    const char *path = "/${A}", *none = NULL, *plain = "/p";
    ck_assert(start_lookup_path(&program, &path) && start_lookup_path(&program, &none) &&
              start_lookup_path(&program, &plain));
    ck_assert_str_eq(path, "/1");
    ck_assert_str_eq(plain, "/p");
}
END_TEST

START_TEST(a_newline_is_refused)
{
    ck_assert_int_eq(setenv("LINES_OF", "a\nb", 1), 0);
    ck_assert(look_up(0));
    ck_assert(!start_lookup_command(&program, "run ${LINES_OF}"));
    fails_with("expand", "run ${LINES_OF}", "a variable in it has a newline");
}
END_TEST

START_TEST(a_user_that_has_a_name_is_looked_up)
{
    static const struct user number = {.text = "12345", .uid = 12345, .is_known = true},
                             name = {.text = "root", .uid = 7}, none = {.text = "nosuch:0"};
    const struct user *user = &number;
    set_sources(0);
    ck_assert(start_lookup_user(&program, &user));
    ck_assert_ptr_eq(user, &number);
    user = &name;
    ck_assert(start_lookup_user(&program, &user));
    ck_assert_uint_eq(user->uid, 0);
    ck_assert(start_lookup_environment(&program, &settings, user, NULL, 0, 0));
    ck_assert_str_eq(value("USER"), "root");
    user = &none;
    ck_assert(!start_lookup_user(&program, &user));
    fails_with("become its user", "nosuch:0", "there is no such user or group");
}
END_TEST

int main(void)
{
    return RUN_TESTS("start_lookup", a_line_sees_the_lines_above_it,
                     other_entries_come_before_and_behind, a_file_is_read_between_the_lines,
                     a_file_that_cannot_be_read_has_a_reason, a_missing_variable_is_named,
                     a_command_has_its_words, a_newline_is_refused,
                     a_user_that_has_a_name_is_looked_up);
}
