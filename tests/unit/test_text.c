/* test_text.c - lines of text: numbers both ways, text that does not fit, and control characters.
 */
#include "base/text.h"

#include "kit.h"

static struct text text;

START_TEST(strings_are_appended)
{
    text_clear(&text);
    text_add(&text, "%s%s %s ", "one", "", "two");
    text_add(&text, "three");
    ck_assert_str_eq(text.bytes, "one two three");
    ck_assert_uint_eq(text.length, strlen("one two three"));
    text_clear(&text);
    ck_assert_str_eq(text.bytes, "");
    ck_assert_uint_eq(text.length, 0);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
    char longer[TEXT_MAX + 100];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    text_clear(&text);
    text_add(&text, "ab%s", longer);
    ck_assert_uint_eq(text.length, TEXT_MAX - 1);
    ck_assert_uint_eq(strlen(text.bytes), TEXT_MAX - 1);
    text_add(&text, "more");
    ck_assert_uint_eq(text.length, TEXT_MAX - 1);
    ck_assert_int_eq(text.bytes[TEXT_MAX - 2], 'x');
}
END_TEST

START_TEST(what_just_fits_is_kept)
{
    char exact[TEXT_MAX];
    memset(exact, 'x', sizeof exact - 1);
    exact[sizeof exact - 1] = '\0';
    text_clear(&text);
    text_add(&text, "%s", exact);
    ck_assert_str_eq(text.bytes, exact);
}
END_TEST

START_TEST(a_line_stays_one_line)
{
    text_clear(&text);
    text_add(&text, "\n%s", "a\nb\r\tc\x1b[0m \x7f\x01\x1f~"); /* ours stays, theirs goes */
    ck_assert_str_eq(text.bytes, "\na?b??c?[0m ???~");
    text_clear(&text);
    text_add(&text, "%s", "gr\xc3\xbc\xc3\x9f");
    ck_assert_str_eq(text.bytes, "gr\xc3\xbc\xc3\x9f");
}
END_TEST

/* A terminal may take 0x9b for ESC [, as it stands and as UTF-8. */
START_TEST(what_a_terminal_would_act_on)
{
    static const struct {
        const char *string, *shown;
    } cases[] = {
        {"\x9b"
         "31m",
         "?31m"},
        {"\xc2\x9b"
         "31m",
         "??31m"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", "????\xc2\xa0"},
        {"\xc3\x84\xc3\x9b", "\xc3\x84\xc3\x9b"}, /* letters, though their second bytes are C1 */
        {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xff\xfe"
         "a",
         "??a"},
        {"\xc0\x9b", "??"},      /* overlong */
        {"\xe0\x82\x9b", "???"}, /* the same */
        {"\xed\xa0\x80", "???"}, /* a surrogate */
        {"\xc3", "?"},           /* cut short */
        {"\xe2\x82", "??"},
        {"\xe2\x82"
         "a",
         "??a"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_clear(&text);
        text_add(&text, "%s", cases[i].string);
        ck_assert_str_eq(text.bytes, cases[i].shown);
    }
}
END_TEST

/* A character is taken whole, or not at all. */
START_TEST(a_character_is_not_cut)
{
    char longer[TEXT_MAX + 8];
    for (size_t before = TEXT_MAX - 6; before < TEXT_MAX; before++) {
        memset(longer, 'x', before);
        strcpy(longer + before, "\xe2\x82\xac");
        text_clear(&text);
        text_add(&text, "%s", longer);
        ck_assert_uint_eq(text.length, before + 3 < TEXT_MAX ? before + 3 : before);
    }
}
END_TEST

START_TEST(decimals)
{
    static const struct {
        int64_t value;
        const char *digits;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {10, "10"},
        {-1, "-1"},
        {-90, "-90"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char digits[DECIMAL_MAX];
        ck_assert_str_eq(text_decimal(digits, cases[i].value), cases[i].digits);
    }
}
END_TEST

START_TEST(numbers_are_appended)
{
    text_clear(&text);
    text_add(&text, "%d%d %u;%jd,%jd %s", INT_MIN, INT_MAX, UINT_MAX, INTMAX_MIN, INTMAX_MAX,
             "end");
    ck_assert_str_eq(
        text.bytes,
        "-21474836482147483647 4294967295;-9223372036854775808,9223372036854775807 end");
}
END_TEST

START_TEST(a_number_ends_at_the_first_other_character)
{
    static const struct {
        const char *string;
        int64_t number;
        const char *rest;
    } cases[] = {
        {"", 0, ""},
        {"0", 0, ""},
        {"12ab3", 12, "ab3"},
        {"007 ", 7, " "},
        {"-5", 0, "-5"},
        {"+5", 0, "+5"},
        {" 5", 0, " 5"},
        {"9223372036854775806", INT64_MAX - 1, ""},
        {"9223372036854775807", INT64_MAX, ""},
        {"9223372036854775808", INT64_MAX, ""},
        {"9999999999999999999999999999999s", INT64_MAX, "s"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *rest;
        ck_assert_int_eq(text_number(cases[i].string, &rest), cases[i].number);
        ck_assert_str_eq(rest, cases[i].rest);
        ck_assert_int_eq(text_number(cases[i].string, NULL), cases[i].number);
    }
}
END_TEST

START_TEST(a_whole_string_is_a_number_in_a_range)
{
    static const struct {
        const char *string;
        long lowest, highest, value;
    } cases[] = {
        {"0", 0, 255, 0},  {"255", 0, 255, 255}, {"1", 1, 64, 1},
        {"64", 1, 64, 64}, {"0015", 1, 64, 15},  {"9223372036854775807", 0, LONG_MAX, LONG_MAX},
        {"7", -10, 10, 7},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        long value = -1;
        ck_assert_msg(text_to_number(cases[i].string, cases[i].lowest, cases[i].highest, &value),
                      "%s", cases[i].string);
        ck_assert_int_eq(value, cases[i].value);
    }
}
END_TEST

START_TEST(what_is_no_number_in_the_range)
{
    static const struct {
        const char *string;
        long lowest, highest;
    } cases[] = {
        {"", 0, 255},    {"256", 0, 255},
        {"0", 1, 64},    {"65", 1, 64},
        {"1 ", 0, 255},  {" 1", 0, 255},
        {"+1", 0, 255},  {"-1", 0, 255},
        {"-1", -5, 255}, {"0x1", 0, 255},
        {"1.5", 0, 255}, {"1e1", 0, 255},
        {"x", 0, 255},   {"18446744073709551617", 0, 255},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        long value;
        ck_assert_msg(!text_to_number(cases[i].string, cases[i].lowest, cases[i].highest, &value),
                      "'%s'", cases[i].string);
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("text", strings_are_appended, what_does_not_fit_is_cut, what_just_fits_is_kept,
                     a_line_stays_one_line, what_a_terminal_would_act_on, a_character_is_not_cut,
                     decimals, numbers_are_appended, a_number_ends_at_the_first_other_character,
                     a_whole_string_is_a_number_in_a_range, what_is_no_number_in_the_range);
}
