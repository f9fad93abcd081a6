/*
 * side_command.h - a command that is run beside a service, on its behalf: a probe, a stop command.
 * Internal to this room.
 *
 * All of these: supervisor's thread. The zero value is one that has never run. It must stay in
 * place while it runs.
 */
#ifndef SUPERVISE_SIDE_COMMAND_H
#define SUPERVISE_SIDE_COMMAND_H

#include <stdbool.h>

#include "children/foster.h"
#include "config/service.h"

struct side_command {
    struct promise promise; /* of the command, which leads a group */
    struct service *service;
    int report;  /* of its start, while it runs */
    int status;  /* of waitpid(2), once it has run */
    bool runs;   /* was not reaped when last looked at */
    bool failed; /* could not be run; that has been said */
};

/* Starts the command, and waits for nothing. False if there is no process to be had; it has been
 * said. Not while the last one runs. */
bool side_command_begin(struct side_command *aside, struct service *service, const char *command);

/* True until it is reaped. */
bool side_command_runs(struct side_command *aside);

/* Kills it and its group, if it runs; it does so until it is reaped. */
void side_command_kill(struct side_command *aside);

#endif
