/* test_expand.c - variables in a value: what stands for each, and what is refused. */
#include "config/expand.h"

#include "kit.h"

static const char *find(const void *context, const char *name, size_t length)
{
    static const char *const known[][2] = {{"PORT", "8080"},
                                           {"EMPTY", ""},
                                           {"TWO", "a b"},
                                           {"NESTED", "${PORT}"},
                                           {"discovery.type", "x"}};
    (void)context;
    for (size_t i = 0; i < COUNT(known); i++)
        if (strlen(known[i][0]) == length && memcmp(known[i][0], name, length) == 0)
            return known[i][1];
    return NULL;
}

static const struct variables variables = {find, NULL};

/* The text with its variables, or NULL if it is refused; then *missing says for what. */
static const char *expand(const char *text, struct reference *missing)
{
    static char buffer[256];
    struct expansion measure = {&variables, NULL, 0, {0}}, write = {&variables, buffer, 0, {0}};
    bool fits = expand_text(&measure, text);
    memset(buffer, '#', sizeof buffer);
    ck_assert_int_eq(expand_text(&write, text), fits);
    ck_assert_uint_eq(measure.length, write.length);
    ck_assert_int_eq(buffer[write.length], '#');
    *missing = write.missing;
    return fits ? buffer : NULL;
}

START_TEST(a_reference_is_what_the_variable_holds)
{
    static const struct {
        const char *text, *expanded;
    } cases[] = {
        {"", ""},
        {"no $variable $ here $", "no $variable $ here $"},
        {"${PORT}", "8080"},
        {"a${PORT}b${PORT}", "a8080b8080"},
        {"${TWO}", "a b"},
        {"${NESTED}", "${PORT}"},
        {"${EMPTY}", ""},
        {"${discovery.type}", "x"},
        {"$${PORT}", "${PORT}"},
        {"$$${PORT}", "$${PORT}"},
        {"${PORT:-1}", "8080"},
        {"${NONE:-1 2}", "1 2"},
        {"${NONE:-}", ""},
        {"${EMPTY:-1}", "1"},
        {"${NONE:-${PORT}", "${PORT"},
        {"${PORT:?why}", "8080"},
    };
    struct reference missing;
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_pstr_eq(expand(cases[i].text, &missing), cases[i].expanded);
}
END_TEST

START_TEST(an_unset_variable_is_named)
{
    struct reference missing;
    ck_assert_ptr_null(expand("a ${NONE} b", &missing));
    ck_assert_uint_eq(missing.name_length, strlen("NONE"));
    ck_assert_int_eq(memcmp(missing.name, "NONE", strlen("NONE")), 0);
    ck_assert_uint_eq(missing.word_length, 0);
    ck_assert_ptr_null(expand("${EMPTY:?set it}", &missing));
    ck_assert_int_eq(memcmp(missing.word, "set it}", missing.word_length + 1), 0);
}
END_TEST

START_TEST(what_is_no_reference_is_refused)
{
    static const char *const texts[] = {"${",       "${}",    "${PORT",    "${:-a}", "${PORT:+a}",
                                        "${PORT:}", "${A=b}", "${NONE:-a", "ok ${"};
    struct reference missing;
    for (size_t i = 0; i < COUNT(texts); i++) {
        ck_assert_ptr_null(expand(texts[i], &missing));
        ck_assert_ptr_null(missing.name);
    }
}
END_TEST

START_TEST(a_text_without_one_needs_nothing)
{
    ck_assert(!expand_is_needed(""));
    ck_assert(!expand_is_needed("a $ b $c $$ $("));
    ck_assert(expand_is_needed("$ ${"));
    ck_assert(expand_is_needed("a $${"));
}
END_TEST

int main(void)
{
    return RUN_TESTS("expand", a_reference_is_what_the_variable_holds, an_unset_variable_is_named,
                     what_is_no_reference_is_refused, a_text_without_one_needs_nothing);
}
