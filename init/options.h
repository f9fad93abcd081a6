/*
 * options.h - reads the command line and the environment variables into struct options.
 *
 * Which options and variables there are, and their defaults, depends on the name that foster was
 * called by: struct grammar, a part of the personality. Reading stops at the first word that is not
 * an option; it and all that follow are the command.
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
#include "process/wait_status.h"

/* What foster does. */
enum task {
    TASK_RUN,       /* runs one command, once */
    TASK_PAUSE,     /* runs nothing: holds the pid namespace and reaps */
    TASK_SUPERVISE, /* runs the services of a configuration, or a command with a restart policy */
    TASK_CHECK,     /* reads the configuration, runs nothing */
    /* from here on the rest of the command line is not read */
    TASK_HELP,
    TASK_VERSION,
    TASK_LICENSE,
    TASK_REFUSE, /* exits, as the command line is wrong; the error has been printed */
};

struct options {
    enum task task;
    char **command;           /* its words, NULL at the end; command[-1] exists: struct program */
    bool adopt;               /* be a subreaper, also where the personality does not ask for it */
    int parent_death_signal;  /* of foster; 0: none */
    bool main_dies_with_us;   /* main gets that parent-death signal, too */
    int verbosity;            /* a log level */
    bool log_orphans;         /* log each orphan that is reaped */
    bool to_group;            /* signals go to main's process group; else to main alone */
    enum placement placement; /* of main */
    uint8_t as_success[EXIT_CODES / CHAR_BIT]; /* a bit for each exit code that becomes 0 */
    struct signal_map map;                     /* what each signal becomes before main gets it */
    milliseconds stop_timeout;   /* from INT, QUIT or TERM to KILL for main; NEVER: no limit */
    milliseconds grace;          /* from TERM to KILL for the processes that main leaves behind */
    bool grace_is_given;         /* by the user: then foster does not shorten it */
    const char *termination_log; /* a path; NULL: none */
    bool termination_log_is_given;
    const char **configs; /* paths; the array is argv's own, over the words that have been read */
    size_t config_count;
    const char *control;    /* path of the control socket, "" for none; NULL: the configuration's */
    enum restart restart;   /* policy for the command */
    unsigned restart_limit; /* restarts in a row; 0: no limit */
};

/* One option. */
struct option_rule {
    char letter;          /* 0: it has none */
    const char *name;     /* the long form, without "--"; NULL: it has none */
    const char *argument; /* what it needs, in words for an error line; NULL: no argument */
    bool (*set)(struct options *options, const char *value); /* false if the value is wrong */
    const char *usage;       /* how the help writes it; NULL: it is not in the help */
    const char *description; /* what the help says of it */
};

/* One environment variable; nothing is set if the environment does not have it. */
struct variable_rule {
    const char *name;
    bool (*set)(struct options *options, const char *value); /* false if the value is wrong */
};

/* The options and variables that are understood, and the values without them. */
struct grammar {
    const struct option_rule *rules;
    size_t rule_count;
    const struct variable_rule *variables;
    size_t variable_count;
    bool variables_win;           /* over the options; else the options win */
    bool supervises;              /* can run the services of a configuration */
    bool pause_ignores_command;   /* a command with TASK_PAUSE is no error */
    bool ignores_unknown_options; /* an unknown option is no error */
    const char *usage; /* printed after the error line, but for a wrong value; NULL: nothing */
    struct options defaults;
};

/* Reads the words of argv and the environment, and sets the log level. What is wrong is printed and
 * makes the task TASK_REFUSE. argv is written over: see configs. Main thread, before anything is
 * started; allocates nothing. */
void options_read(struct options *options, const struct grammar *grammar, char **argv);

#endif
