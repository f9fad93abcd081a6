/*
 * personality.h - the names that foster answers to, and who it is then.
 *
 * Called by a name of tini, dumb-init, catatonit or of the pause program, foster is that program to
 * its user: flags, defaults, streams, exit codes, and the lines that scripts match on. All of that
 * is one row of one table; no other file knows a name. Where one of them has a fault that nobody
 * can want, foster does it right; foster(8) lists these.
 */
#ifndef INIT_PERSONALITY_H
#define INIT_PERSONALITY_H

#include "catalogue.h"
#include "options.h"

/* Where not PID 1: whose orphans are adopted. */
enum adoption { ADOPT_ALWAYS, ADOPT_IF_ASKED };

/* What happens to the processes that main leaves behind. */
enum finish {
    END_IN_ORDER, /* asked, given time, killed */
    END_AT_ONCE,  /* nothing: as PID 1, the kernel kills them */
    END_GROUP,    /* main's group is sent TERM, and that is all */
};

struct exit_codes {
    int usage;
    int no_process;
    int not_found;    /* exec says ENOENT */
    int not_runnable; /* exec says EACCES */
    int not_executed; /* exec says anything else */
    bool explained;   /* not by exec's error but by what the file turned out to be */
};

struct print {
    int fd;
    const char *text; /* with the letters of catalogue.h */
};

struct personality {
    const char *const *names; /* the last part of argv[0]; NULL ends them */
    struct grammar grammar;
    enum adoption adoption;
    bool hands_signals_on; /* main gets the mask and dispositions that we were started with, not
                              clean ones */
    uint64_t lets_through; /* signals to itself, SIGNAL_BIT() each, of which it dies as any program
                              but PID 1 */
    bool suspends;         /* stops itself as well when main is stopped from a terminal */
    bool remaps_failures;  /* as_success holds for a command that cannot be run, too */
    enum finish ending;
    struct exit_codes codes;
    struct print help, version;
    const struct catalogue_line *lines;
    size_t line_count;
};

/* Whom argv[0] means: foster, if it is no name we know. */
const struct personality *personality_called(const char *argv0);

#endif
