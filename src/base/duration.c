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

bool duration_parse(const char *string, milliseconds *duration)
{
    const char *suffix;
    int64_t number = text_number(string, &suffix);
    if (suffix == string || number > LONGEST)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(suffix, units[i].suffix) == 0) {
            *duration = number * units[i].length;
            return *duration <= LONGEST;
        }
    return false;
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
