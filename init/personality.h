/*
 * personality.h - what differs with the name that foster is called by.
 *
 * foster stands in for other programs (compat/compat.h). A difference between two of them is a
 * member of this structure, so that no file outside compat/ has to know a program's name.
 */
#ifndef INIT_PERSONALITY_H
#define INIT_PERSONALITY_H

#include "catalogue.h"
#include "options.h"

/* When foster becomes a subreaper. PID 1 needs not: it adopts every orphan of its namespace. */
enum adoption { ADOPT_ALWAYS, ADOPT_IF_ASKED };

/* What happens to the processes that main leaves behind. */
enum end_policy {
    END_IN_ORDER, /* they get SIGTERM, the grace period, then SIGKILL */
    END_AT_ONCE,  /* nothing; when PID 1 exits, the kernel kills them */
    END_GROUP,    /* main's process group gets SIGTERM, and foster does not wait */
};

struct exit_codes {
    int usage;        /* the command line is wrong */
    int no_process;   /* fork failed */
    int not_found;    /* exec failed with ENOENT */
    int not_runnable; /* exec failed with EACCES */
    int not_executed; /* exec failed with another error */
    bool explained;   /* the last three are not used: exec_error_explain() looks at the file, and
                         gives the reason and the exit code */
};

struct personality {
    const char *const *names; /* the last part of argv[0], one of these; NULL ends them */
    struct grammar grammar;
    enum adoption adoption;
    bool hands_signals_on; /* main gets the signal mask and dispositions that foster was started
                              with; else an empty mask and default dispositions */
    uint64_t unblocked_signals; /* SIGNAL_BIT() each: not forwarded; foster has their default
                                   action, which the kernel does not take on PID 1 */
    bool suspends;              /* stops itself too when a terminal stops main */
    bool remaps_failures;       /* as_success counts for the exit code of a failed exec, too */
    enum end_policy end_policy;
    struct exit_codes codes;
    int help_fd, version_fd;
    const char *help;     /* before the rules that have a usage; with the letters of catalogue.h */
    const char *help_end; /* after them; NULL: nothing */
    const char *version;  /* with the letters of catalogue.h */
    const struct catalogue_line *lines;
    size_t line_count;
};

#endif
