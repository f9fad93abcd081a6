/*
 * verbs.h - what can be asked of foster: one table for the server, which does it, and for the
 * client, which refuses wrong words before it asks.
 *
 * A request is a list of words, each ended by a NUL, with an empty one behind the last: the verb,
 * and what it is about. Options may stand anywhere behind the verb.
 */
#ifndef CONTROL_VERBS_H
#define CONTROL_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/text.h"
#include "config/service.h"
#include "control/writer.h"

struct request;

struct verb {
    const char *name;
    const char *takes; /* as the usage shows it, as the next */
    const char *meaning;
    unsigned char least; /* words behind it, without options */
    unsigned char form;  /* what these are, and which options there may be: verbs.c */
    unsigned char until; /* what each service is to come to: verbs.c; or 0 */
    bool always_stdout;  /* the answer is what was asked for, also if it is no */
    void (*act)(struct service *service); /* on each, or NULL */
    bool (*catalogue_say)(const struct request *request,
                          struct writer *answer); /* that is all, and yes or no; or NULL */
};

enum { VERBS = 10 };
extern const struct verb verbs[VERBS];

/* What is asked for. */
struct request {
    const struct verb *verb;
    const char *names;    /* of services, as a list of words */
    milliseconds timeout; /* or NEVER */
    unsigned char signal; /* or 0 */
    bool json;
};

/* Reads a request; the words are the request's from then on, and the options are taken out of them.
 * False if it makes no sense; why is in the line. Any thread; allocates nothing. */
bool request_read(struct request *request, char *words, struct text *line);

enum verdict { YES = 0, NO = 1, NOT_YET = -1 }; /* what is over is an exit status */

/* Does what is asked for and writes the answer, or says that it takes time. Supervisor's thread, as
 * the next two. */
enum verdict request_begin(const struct request *request, struct writer *answer);

/* Looks whether it has come to pass, and writes the answer if so. */
enum verdict request_look(const struct request *request, struct writer *answer);

/* Its time is over: writes what it has waited for in vain. */
enum verdict request_give_up(const struct request *request, struct writer *answer);

#endif
