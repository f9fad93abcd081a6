/*
 * options.h - the command line and the environment, made into a plan.
 *
 * The letters are those that users of tini, dumb-init and catatonit know. Parsing stops at the first word that is not
 * an option: what follows belongs to the command.
 */
#ifndef INIT_OPTIONS_H
#define INIT_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "process/signals.h"

/* What foster is asked to be. */
enum task {
    TASK_RUN,   /* one main service */
    TASK_PAUSE, /* no service: hold the namespace and reap */
    TASK_HELP,
    TASK_VERSION,
    TASK_LICENSE,
    TASK_REFUSE, /* the command line is wrong, and it has been said */
};

enum { EXIT_CODES = 256 };

struct options {
    enum task task;
    char **command;                            /* the slot before it exists: see struct program */
    int parent_death_signal;                   /* 0: none */
    int verbosity;                             /* a log level */
    bool say_orphans;                          /* a line for each orphan reaped */
    bool to_group;                             /* signals go to main's process group */
    bool own_session;                          /* main leads a session, not just a group */
    uint8_t as_success[EXIT_CODES / CHAR_BIT]; /* a bit for each exit code of main's that is passed on as 0 */
    struct signal_map map;                     /* what signals become on the way to main */
    milliseconds stop_timeout;                 /* for main, from the signal to stop; NEVER: as long as it takes */
    milliseconds grace;                        /* for what main leaves behind */
    bool grace_is_given;                       /* by the user, so no limit of ours shortens it */
    const char *termination_log;
};

/* True if -e named the exit code. */
bool options_as_success(const struct options *options, int code);

/* Reads both; says what is wrong with them. Allocates nothing. */
void options_read(struct options *options, char **argv);

/* Appends the list of options to what --help prints, a line each. */
void options_describe(void (*line)(const char *option, const char *meaning));

#endif
