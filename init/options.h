/*
 * options.h - the command line and the environment, made into a plan.
 *
 * Which options and variables there are, and what they start from, depends on the name that foster
 * was called by: see personality.h. Parsing stops at the first word that is not an option: what
 * follows belongs to the command.
 */
#ifndef INIT_OPTIONS_H
#define INIT_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "config/service.h"
#include "process/signals.h"
#include "process/spawn.h"

/* What foster is asked to be. */
enum task {
    TASK_RUN,       /* one main service */
    TASK_PAUSE,     /* no service: hold the namespace and reap */
    TASK_SUPERVISE, /* the services of a configuration, or a main service that is restarted */
    TASK_CHECK,     /* read the configuration, run nothing */
    TASK_HELP,
    TASK_VERSION,
    TASK_LICENSE,
    TASK_REFUSE, /* the command line is wrong, and it has been said */
};

enum { EXIT_CODES = 256 };

struct options {
    enum task task;
    char **command;           /* the slot before it exists: see struct program */
    bool adopt;               /* be a subreaper where we are not PID 1 */
    int parent_death_signal;  /* 0: none */
    bool main_dies_with_us;   /* the parent-death signal is for main as well */
    int verbosity;            /* a log level */
    bool say_orphans;         /* a line for each orphan reaped */
    bool to_group;            /* signals go to main's process group */
    enum placement placement; /* of main */
    uint8_t as_success[EXIT_CODES /
                       CHAR_BIT]; /* a bit for each exit code of main's that is passed on as 0 */
    struct signal_map map;        /* what signals become on the way to main */
    milliseconds stop_timeout;   /* for main, from the signal to stop; NEVER: as long as it takes */
    milliseconds grace;          /* for what main leaves behind */
    bool grace_is_given;         /* by the user, so no limit of ours shortens it */
    const char *termination_log; /* NULL: none */
    bool termination_log_is_given;
    const char **configs; /* the paths given; kept where the words were that have been read */
    size_t config_count;
    const char *control;    /* the path of the control socket; NULL: as the configuration says */
    enum restart restart;   /* of main */
    unsigned restart_limit; /* 0: none */
};

/* One option: how it is written and what it does. */
struct rule {
    char letter;       /* 0: only the long form */
    const char *name;  /* NULL: only the letter */
    const char *wants; /* its argument in words; NULL: it takes none */
    bool (*apply)(struct options *options, const char *value); /* false refuses the value */
    const char *usage;   /* as the help shows it, if that is made from the rules */
    const char *meaning; /* the same */
};

/* One environment variable, if it is there at all. */
struct variable {
    const char *name;
    bool (*apply)(struct options *options, const char *value);
};

/* What there is to be read, and what it starts from. */
struct grammar {
    const struct rule *rules;
    size_t rule_count;
    const struct variable *variables;
    size_t variable_count;
    bool variables_last; /* read after the words of the command line, so they win; else the words do
                          */
    bool supervises;     /* services, where there is a configuration */
    bool any_command_pauses; /* a command where none is wanted is passed over */
    bool any_option_will_do; /* one that is not known is passed over */
    const char *usage;       /* said after a wrong option, and for no command; NULL: nothing */
    struct options defaults;
};

/* True if the exit code is one that is passed on as 0. */
bool options_as_success(const struct options *options, int code);

/* Reads both, and says what is wrong with them. Allocates nothing. */
void options_read(struct options *options, const struct grammar *grammar, char **argv);

#endif
