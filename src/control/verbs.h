/*
 * verbs.h - the verbs of foster ctl: one table for the server, which acts on them, and for the
 * client, which refuses wrong arguments before it connects.
 */
#ifndef CONTROL_VERBS_H
#define CONTROL_VERBS_H

#include <stdbool.h>

#include "config/plan.h"
#include "control/writer.h"

/* What a verb takes. */
enum {
    VERB_NAMES = 1,    /* names of services */
    VERB_GOALS = 2,    /* which may have ":GOAL" behind them */
    VERB_SIGNAL = 4,   /* a signal before the names */
    VERB_JSON = 8,     /* --json */
    VERB_TIMEOUT = 16, /* --timeout */
    VERB_ALL = 32,     /* "all" in place of the names */
    VERB_WAIT = 64     /* --wait, without which there is no --timeout */
};

struct verb {
    const char *name;
    const char *arguments; /* as the usage shows them */
    const char *meaning;   /* for the usage */
    unsigned char least;   /* how many arguments it needs, without options */
    unsigned char takes;   /* the VERB_ values above */
    unsigned char goal;    /* enum goal: each service is to reach it */
    unsigned char turn;    /* enum turn: that each service is given if there are several */
    void (*act)(struct service *service); /* called for each service without a turn; or NULL */

    /* Writes the whole answer about the services of these names, and returns true for yes; with
     * --json it is report_json() instead. Or NULL. Supervisor's thread. */
    bool (*report)(struct writer *answer, const struct plan *plan, const char *names);
};

enum { VERBS = 10 };
extern const struct verb verbs[VERBS];

/* The verb of this name, or NULL. Any thread. */
const struct verb *verb_find(const char *name);

#endif
