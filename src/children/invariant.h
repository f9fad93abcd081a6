/*
 * invariant.h - assertions of the invariants of children.c, I1 to I6. Internal to this room.
 *
 * assert(3) is not async-signal-safe, because it prints by stdio. These assertions print by
 * write(2) and end the process by abort(3), which a signal handler may call (signal-safety(7)).
 * With NDEBUG, as in the shipped build, no code is left of them, and nothing is evaluated.
 */
#ifndef CHILDREN_INVARIANT_H
#define CHILDREN_INVARIANT_H

#ifdef NDEBUG
#define INVARIANT(name, holds)    ((void)sizeof(holds))
#define IN_DEBUG_BUILD(statement) ((void)0)
#else
#include <stdlib.h>
#include <unistd.h>

/* Ends the process if the condition does not hold; the name is the invariant's. Any thread and
 * signal handlers; allocates nothing. */
#define INVARIANT(name, holds)                                                                     \
    ((holds) ? (void)0 : INVARIANT_BROKEN(#name, #holds, __FILE__, INVARIANT_STRING(__LINE__)))
#define INVARIANT_STRING(number)   INVARIANT_STRING_OF(number)
#define INVARIANT_STRING_OF(value) #value
#define INVARIANT_BROKEN(name, holds, file, line)                                                  \
    invariant_broken(                                                                              \
        "foster: invariant " name " is broken: " holds ", " file ":" line "\n",                    \
        sizeof("foster: invariant " name " is broken: " holds ", " file ":" line "\n") - 1)

/* A statement that only an assertion needs. */
#define IN_DEBUG_BUILD(statement) ((void)(statement))

static inline _Noreturn void invariant_broken(const char *line, size_t length)
{
    (void)!write(STDERR_FILENO, line, length); /* without stderr the signal must say enough */
    abort();
}
#endif

#endif
