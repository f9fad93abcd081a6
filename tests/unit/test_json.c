/* test_json.c - every string of bytes becomes valid JSON. */
#include "base/json.h"

#include "kit.h"

struct sample {
    const char *from;
    size_t length;
    const char *to;
};
#define SAMPLE(from, to)                                                                           \
    {                                                                                              \
        (from), sizeof(from) - 1, (to)                                                             \
    }
#define FFFD "\xef\xbf\xbd"

/* Walks through all pieces. */
static const char *escaped(const char *bytes, size_t length)
{
    static char to[256];
    struct json_rest rest = {.bytes = bytes, .length = length};
    const char *piece;
    size_t filled = 0, part;
    while ((part = json_next(&rest, &piece)) > 0) {
        ck_assert_uint_lt(filled + part, sizeof to);
        memcpy(to + filled, piece, part);
        filled += part;
    }
    ck_assert_uint_eq(rest.length, 0);
    to[filled] = '\0';
    return to;
}

static void assert_samples(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *exact = malloc(samples[i].length + 1); /* a byte too far is the sanitizer's */
        memcpy(exact, samples[i].from, samples[i].length);
        exact = realloc(exact, samples[i].length > 0 ? samples[i].length : 1);
        ck_assert_str_eq(escaped(exact, samples[i].length), samples[i].to);
        free(exact);
    }
}

START_TEST(what_must_be_escaped)
{
    static const struct sample samples[] = {
        SAMPLE("", ""),
        SAMPLE("plain", "plain"),
        SAMPLE("say \"hi\"", "say \\\"hi\\\""),
        SAMPLE("a\\b", "a\\\\b"),
        SAMPLE("\b\f\n\r\t", "\\b\\f\\n\\r\\t"),
        SAMPLE("\0\1\x1f ~\x7f", "\\u0000\\u0001\\u001f ~\x7f"),
        SAMPLE("line\r", "line\\r"),
    };
    assert_samples(samples, COUNT(samples));
}
END_TEST

/* The first and the last of each length, and both sides of the surrogates: RFC 3629, section 4. */
START_TEST(valid_utf8_stays)
{
    static const struct sample samples[] = {
        SAMPLE("\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf"),
        SAMPLE("\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf"),
        SAMPLE("\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"),
        SAMPLE("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
        SAMPLE("x\xf0\x9f\x98\x80y", "x\xf0\x9f\x98\x80y"),
    };
    assert_samples(samples, COUNT(samples));
}
END_TEST

START_TEST(a_replacement_for_each_other_byte)
{
    static const struct sample samples[] = {
        SAMPLE("\x80", FFFD),                                     /* nothing before it */
        SAMPLE("\xff\xfe", FFFD FFFD),                            /* in no form */
        SAMPLE("\xc0\x80\xc1\xbf", FFFD FFFD FFFD FFFD),          /* overlong */
        SAMPLE("\xe0\x9f\xbf", FFFD FFFD FFFD),                   /* overlong */
        SAMPLE("\xf0\x8f\xbf\xbf", FFFD FFFD FFFD FFFD),          /* overlong */
        SAMPLE("\xed\xa0\x80", FFFD FFFD FFFD),                   /* the first surrogate */
        SAMPLE("\xed\xbf\xbf", FFFD FFFD FFFD),                   /* the last */
        SAMPLE("\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD),          /* above U+10FFFF */
        SAMPLE("\xf8\x88\x80\x80\x80", FFFD FFFD FFFD FFFD FFFD), /* five bytes */
        SAMPLE("a\xc3", "a" FFFD),                                /* cut short by the end */
        SAMPLE("\xe2\x82", FFFD FFFD),
        SAMPLE("\xf0\x9f\x98", FFFD FFFD FFFD),
        SAMPLE("\xe2\x82z", FFFD FFFD "z"), /* by another character */
        SAMPLE("\xc3\"", FFFD "\\\""),
        SAMPLE("\xe2\xc3\xa9", FFFD "\xc3\xa9"),
    };
    assert_samples(samples, COUNT(samples));
}
END_TEST

int main(void)
{
    return RUN_TESTS("json", what_must_be_escaped, valid_utf8_stays,
                     a_replacement_for_each_other_byte);
}
