/* clock.c - see clock.h. */
#include "base/clock.h"

#include <sys/syscall.h>
#include <unistd.h>

/* The call whose struct timespec has 64 bits: 32-bit machines have an older one beside it. */
#ifdef SYS_clock_gettime64
enum { READ_CLOCK = SYS_clock_gettime64 };
#else
enum { READ_CLOCK = SYS_clock_gettime };
#endif
_Static_assert(sizeof(time_t) == sizeof(int64_t),
               "the kernel would write past a struct timespec of 32 bits");

/*
 * The raw call. The libc's goes through the vDSO, whose code and data lie far from everything else
 * in a static program: the first reading costs two page faults and three page tables (12 KiB on
 * x86-64). One program reads the clock a few times in all; with services, some thousand
 * readings take 50 ns more each, which does not show. The libc's is used where the kernel refuses
 * the raw one: Linux before 5.1 on a 32-bit machine.
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
