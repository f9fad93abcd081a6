/*
 * request.h - a request of foster ctl: read by the client, to refuse it if it is wrong, and by the
 * server, to execute it.
 *
 * A request is a list of words, each ended by a NUL, with an empty word behind the last: the verb
 * and its arguments. Options may stand anywhere behind the verb.
 */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/text.h"
#include "control/verbs.h"
#include "control/writer.h"

enum { REQUEST_MAX = 4096 /* bytes */ };

struct request {
    const struct verb *verb;
    const char *names;    /* of services, as a list of words */
    milliseconds timeout; /* or NEVER */
    unsigned char signal; /* or 0 */
    bool json, wait;
    bool all; /* "all" is among the names */
};

/* Reads a request. It keeps the words, and removes the options from them. False if the request is
 * wrong; the line then says why. Any thread; allocates nothing. */
bool request_read(struct request *request, char *words, struct text *line);

/* The exit status of the client, or that there is none yet. REQUEST_NO: a report that says no; the
 * client prints it on stdout and exits with 1. */
enum request_result {
    REQUEST_SUCCEEDED = 0,
    REQUEST_FAILED = 1,
    REQUEST_NO = 3,
    REQUEST_WAITS = -1
};

/* Executes a request and writes its answer; REQUEST_WAITS: it waits for services, and there is no
 * answer yet. Supervisor's thread. */
enum request_result request_begin(const struct request *request, struct writer *answer);

/* Looks whether what the request waits for has happened, and then writes the answer. Supervisor's
 * thread. */
enum request_result request_look(const struct request *request, struct writer *answer);

/* Ends the wait after the timeout: writes a line for each service that has not reached its goal.
 * Supervisor's thread. */
enum request_result request_give_up(const struct request *request, struct writer *answer);

#endif
