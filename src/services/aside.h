/*
 * aside.h - a command that is run beside a service, on its behalf: a probe, a stop command. Internal to this room.
 *
 * All of these: supervisor's thread. The zero value is one that has never run. It must stay in place while it runs.
 */
#ifndef SERVICES_ASIDE_H
#define SERVICES_ASIDE_H

#include <stdbool.h>

#include "children/foster.h"
#include "config/service.h"

struct aside {
    struct promise promise; /* of the command, which leads a group */
    struct service *service;
    int report;  /* of its start, while it runs */
    int status;  /* of waitpid(2), once it has run */
    bool runs;   /* was not reaped when last looked at */
    bool failed; /* could not be run; that has been said */
};

/* Starts the command, and waits for nothing. False if there is no process to be had; it has been said. Not while the
 * last one runs. */
bool aside_begin(struct aside *aside, struct service *service, const char *command);

/* True until it is reaped. */
bool aside_runs(struct aside *aside);

/* Kills it and its group, if it runs; it does so until it is reaped. */
void aside_kill(struct aside *aside);

#endif
