/* clock.c - see clock.h. Everything here: any thread and signal handlers; allocates nothing. */
#include "base/clock.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The call that takes a struct timespec of 64 bits: 32-bit machines have an old one beside it. */
#ifdef SYS_clock_gettime64
enum { READ_CLOCK = SYS_clock_gettime64 };
#else
enum { READ_CLOCK = SYS_clock_gettime };
#endif
_Static_assert(sizeof(time_t) == sizeof(int64_t),
               "the kernel would write past a struct timespec of 32 bits");

enum { NS_PER_MS = 1000000 };

struct unit {
    const char *suffix;
    milliseconds length;
};
static const struct unit units[] = {
    {"ms", 1}, {"s", MS_PER_SECOND}, {"m", MS_PER_MINUTE}, {"h", MS_PER_HOUR}, {"", MS_PER_SECOND},
};

/* A year; also what keeps the sums far from overflow. */
static const milliseconds LONGEST = (milliseconds)MS_PER_DAY * 365;

/*
 * The raw call. The libc asks the vDSO, whose code and data lie where nothing else of a static
 * program does: the first reading costs two page faults and three page tables (12 KiB on x86-64).
 * One program reads the clock a few times in a life; for services, some thousand readings more by
 * 50 ns each are not to be seen. The libc's is for who refuses the raw one: Linux before 5.1 on a
 * 32-bit machine.
 */
struct timespec clock_read(void)
{
    struct timespec now;
    if (syscall(READ_CLOCK, CLOCK_MONOTONIC, &now) == -1)
        clock_gettime(CLOCK_MONOTONIC, &now);
    return now;
}

milliseconds clock_now(void)
{
    struct timespec now = clock_read();
    return (milliseconds)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

struct timespec clock_until(milliseconds point)
{
    milliseconds left = point - clock_now();
    if (left < 0)
        left = 0;
    return (struct timespec){.tv_sec = left / MS_PER_SECOND,
                             .tv_nsec = left % MS_PER_SECOND * NS_PER_MS};
}

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

/* The scale in which a span is told: whole units above a few minutes, fractions of a second below.
 */
struct scale {
    milliseconds below;
    milliseconds unit;
    int decimals;
    const char *name;
};
static const struct scale scales[] = {
    {10 * MS_PER_SECOND, MS_PER_SECOND, 2, " s"},
    {3 * MS_PER_MINUTE, MS_PER_SECOND, 1, " s"},
    {3 * MS_PER_HOUR, MS_PER_MINUTE, 0, " min"},
    {2 * MS_PER_DAY, MS_PER_HOUR, 0, " h"},
    {NEVER, MS_PER_DAY, 0, " days"},
};

void duration_append(struct text *text, milliseconds duration)
{
    const struct scale *scale = scales;
    while (duration >= scale->below && scale->below != NEVER)
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
