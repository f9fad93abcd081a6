/* duration.c - see duration.h. */
#include "base/duration.h"

#include <string.h>

static const struct unit {
    const char *suffix;
    milliseconds length;
} units[] = {
    {"ms", 1}, {"s", MS_PER_SECOND}, {"m", MS_PER_MINUTE}, {"h", MS_PER_HOUR}, {"", MS_PER_SECOND},
};

/* A year. Sums of a few durations and a point in time stay far from an overflow. */
static const milliseconds LONGEST = (milliseconds)MS_PER_DAY * 365;

#define DIGITS "0123456789"

/* The length of the unit whose suffix is these bytes; 0: there is none. */
static milliseconds unit_length(const char *suffix, size_t length)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].suffix) == length && memcmp(units[i].suffix, suffix, length) == 0)
            return units[i].length;
    return 0;
}

/* The part of a unit that so many digits behind a point are. From the last digit to the first:
 * however many there are, no number becomes too large. */
static milliseconds fraction(const char *digits, size_t count, milliseconds unit)
{
    enum { BASE = 10 };
    milliseconds part = 0;
    while (count-- > 0)
        part = (part + (digits[count] - '0') * unit) / BASE;
    return part;
}

/* Takes "90s" or "1.5h" off the front of the string. A number without a unit may only stand
 * alone. */
static bool take_part(const char **string, bool is_first, milliseconds *part)
{
    const char *point;
    int64_t whole = text_number(*string, &point);
    size_t digits = *point == '.' ? strspn(point + 1, DIGITS) : 0;
    const char *suffix = digits > 0 ? point + 1 + digits : point;
    size_t length = strcspn(suffix, DIGITS);
    milliseconds unit = is_first || length > 0 ? unit_length(suffix, length) : 0;
    if (point == *string || whole > LONGEST || unit == 0)
        return false;
    *part = whole * unit + fraction(point + 1, digits, unit);
    *string = suffix + length;
    return true;
}

bool duration_parse(const char *string, milliseconds *duration)
{
    const char *rest = string;
    milliseconds sum = 0, part;
    do {
        if (!take_part(&rest, rest == string, &part))
            return false;
        sum += part;
    } while (*rest != '\0' && sum <= LONGEST);
    *duration = sum;
    return sum <= LONGEST;
}

/* The unit of a span that is shorter than `below`, and the number of digits behind the point. */
static const struct scale {
    milliseconds below;
    milliseconds unit;
    int decimals;
    const char *name;
} scales[] = {
    {10 * MS_PER_SECOND, MS_PER_SECOND, 2, " s"}, {3 * MS_PER_MINUTE, MS_PER_SECOND, 1, " s"},
    {3 * MS_PER_HOUR, MS_PER_MINUTE, 0, " min"},  {2 * MS_PER_DAY, MS_PER_HOUR, 0, " h"},
    {INT64_MAX, MS_PER_DAY, 0, " days"},
};

void duration_append(struct text *text, milliseconds duration)
{
    const struct scale *scale = scales;
    while (duration >= scale->below && scale->below != INT64_MAX)
        scale++;
    text_add(text, "%jd", duration / scale->unit);
    milliseconds rest = duration % scale->unit;
    for (int i = 0; i < scale->decimals; i++) {
        rest *= 10;
        text_add(text, "%s%jd", i == 0 ? "." : "", rest / scale->unit);
        rest %= scale->unit;
    }
    text_add(text, "%s", scale->name);
}
