/* test_clock.c - durations: read, written, and the time left until a moment. */
#include "base/clock.h"

#include "kit.h"

static const milliseconds minute = 60 * MS_PER_SECOND, hour = 60 * 60 * MS_PER_SECOND,
                          day = 24LL * 3600 * MS_PER_SECOND;

START_TEST(durations_are_read)
{
    const struct {
        const char *string;
        milliseconds duration;
    } cases[] = {
        {"0", 0},
        {"0ms", 0},
        {"0h", 0},
        {"1ms", 1},
        {"500ms", 500},
        {"5s", 5000},
        {"5", 5000},
        {"2m", 2 * minute},
        {"1h", hour},
        {"005s", 5000},
        {"1m30s", 90 * 1000},
        {"1h1m1s1ms", hour + minute + 1001},
        {"1s1s", 2000},
        {"5m3s", 5 * minute + 3000},
        {"1.5s", 1500},
        {"1.5", 1500},
        {"0.25m", 15 * 1000},
        {"1.5h0.5m", hour + 30 * minute + 30 * 1000},
        {"1.001s", 1001},
        {"1.0009s", 1000},
        {"0.99999999999999999999999999999999s", 999},
        {"8759h59m59.999s", 365 * day - 1},
        {"8760h", 365 * day},
        {"525600m", 365 * day},
        {"31536000", 365 * day},
        {"31536000s", 365 * day},
        {"31536000000ms", 365 * day},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        milliseconds duration = -1;
        ck_assert_msg(duration_parse(cases[i].string, &duration), "%s", cases[i].string);
        ck_assert_int_eq(duration, cases[i].duration);
    }
}
END_TEST

START_TEST(what_is_no_duration)
{
    static const char *const strings[] = {
        "",
        "s",
        "ms",
        "-5",
        "-5s",
        "+5",
        " 5",
        "5 ",
        "5 s",
        "5S",
        "5MS",
        "5x",
        "5sec",
        "1.s",
        ".5s",
        "1.5.5s",
        "1,5s",
        "1.-5s",
        "1e3",
        "5ss",
        "5m30",
        "5m 30s",
        "5m-3s",
        "5d",
        "0x5",
        "never",
        "31536001",
        "31536000001ms",
        "8761h",
        "8760h1ms",
        "8760h8760h",
        "8760.1h",
        "525601m",
        "9223372036854775807",
        "9223372036854775807ms",
        "9223372036854775808",
        "99999999999999999999h",
        "2562047788016h", /* overflows 64 bits as milliseconds */
    };
    for (size_t i = 0; i < COUNT(strings); i++) {
        milliseconds duration;
        ck_assert_msg(!duration_parse(strings[i], &duration), "'%s'", strings[i]);
    }
}
END_TEST

START_TEST(durations_are_told)
{
    const struct {
        milliseconds duration;
        const char *words;
    } cases[] = {
        {0, "0.00 s"},
        {9, "0.00 s"},
        {10, "0.01 s"},
        {250, "0.25 s"},
        {1000, "1.00 s"},
        {9999, "9.99 s"},
        {10 * 1000, "10.0 s"},
        {12100, "12.1 s"},
        {3 * minute - 1, "179.9 s"},
        {3 * minute, "3 min"},
        {4 * minute - 1, "3 min"},
        {3 * hour - 1, "179 min"},
        {3 * hour, "3 h"},
        {2 * day - 1, "47 h"},
        {2 * day, "2 days"},
        {12 * day + hour, "12 days"},
        {NEVER - 1, "106751991167 days"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text text;
        text_clear(&text);
        duration_append(&text, cases[i].duration);
        ck_assert_str_eq(text.bytes, cases[i].words);
    }
}
END_TEST

START_TEST(it_is_the_monotonic_clock)
{
    struct timespec now;
    milliseconds before = clock_now();
    ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    milliseconds between = (milliseconds)now.tv_sec * MS_PER_SECOND + now.tv_nsec / (1000 * 1000);
    ck_assert_int_ge(between, before);
    ck_assert_int_ge(clock_now(), between);
}
END_TEST

START_TEST(a_point_that_has_passed_is_now)
{
    const milliseconds points[] = {0, clock_now() - 1, clock_now() - hour};
    for (size_t i = 0; i < COUNT(points); i++) {
        struct timespec left = clock_until(points[i]);
        ck_assert_int_eq(left.tv_sec, 0);
        ck_assert_int_eq(left.tv_nsec, 0);
    }
}
END_TEST

START_TEST(a_point_to_come)
{
    enum { NS_PER_SECOND = 1000 * 1000 * 1000 };
    milliseconds before = clock_now();
    struct timespec left = clock_until(before + hour + 999);
    milliseconds took = clock_now() - before;
    milliseconds told = (milliseconds)left.tv_sec * MS_PER_SECOND + left.tv_nsec / (1000 * 1000);
    ck_assert_int_le(told, hour + 999);
    ck_assert_int_ge(told, hour + 999 - took);
    ck_assert_int_ge(left.tv_nsec, 0);
    ck_assert_int_lt(left.tv_nsec, NS_PER_SECOND);
}
END_TEST

int main(void)
{
    return RUN_TESTS("clock", durations_are_read, what_is_no_duration, durations_are_told,
                     it_is_the_monotonic_clock, a_point_that_has_passed_is_now, a_point_to_come);
}
