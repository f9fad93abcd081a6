/*
 * programs.h - the personality of each program, and what their files share. Internal to compat/.
 *
 * The texts of the other programs are their interface, not their code: scripts match on them, so
 * they are the same to the byte, misprints included.
 */
#ifndef INIT_COMPAT_PROGRAMS_H
#define INIT_COMPAT_PROGRAMS_H

#include <unistd.h>

#include "personality.h"

extern const struct personality compat_foster;
extern const struct personality compat_tini;
extern const struct personality compat_dumb_init;
extern const struct personality compat_catatonit;
extern const struct personality compat_pause;

/* The streams of a line, for the tables. */
enum { OUT = STDOUT_FILENO, ERR = STDERR_FILENO };

#define COUNT(array)     (sizeof(array) / sizeof(array)[0])
#define RULES(table)     .rules = (table), .rule_count = COUNT(table)
#define VARIABLES(table) .variables = (table), .variable_count = COUNT(table)
#define LINES(table)     .lines = (table), .line_count = COUNT(table)

/* The signals of a crash: the kernel sends them to the thread that caused it. One that a process
 * sends to tini or catatonit is meant for that program, not for main. */
#define CRASH_SIGNALS                                                                              \
    (SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGABRT) | SIGNAL_BIT(SIGBUS) |         \
     SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGSYS))

/* The signals that a terminal sends to a background process, which tini and catatonit ignore. */
#define DROP_BACKGROUND_SIGNALS [SIGTTIN] = SIGNAL_DROPPED, [SIGTTOU] = SIGNAL_DROPPED

/* Skips what strtol(3) and scanf(3) accept before the digits of a number: blanks, then a plus. */
const char *compat_skip_to_digits(const char *string);

#endif
