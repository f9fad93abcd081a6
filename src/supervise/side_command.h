/*
 * side_command.h - a command that runs beside the main process of a service: a probe, a stop
 * command.
 *
 * All of these: supervisor's thread; none blocks. The zero value is a command that has never run.
 * Its memory stays in place while it runs.
 */
#ifndef SUPERVISE_SIDE_COMMAND_H
#define SUPERVISE_SIDE_COMMAND_H

#include <stdbool.h>

#include "children/foster.h"
#include "config/service.h"

struct side_command {
    struct promise promise; /* the command leads a process group */
    struct service *service;
    int report;  /* of its start, for spawn_result_read(); open while it runs */
    int status;  /* of waitpid(2), once it has run */
    bool runs;   /* was not reaped when last polled */
    bool failed; /* could not be run; that is logged */
};

/* Forks the command, and does not wait for its exec. False if no process could be made; that is
 * logged. Not while the last command runs. */
bool side_command_begin(struct side_command *side, struct service *service, const char *command);

/* Looks whether the command is reaped, and then takes its result. True while it runs. */
bool side_command_poll(struct side_command *side);

/* Sends SIGKILL to the command's process group, if it runs. It runs until it is reaped. */
void side_command_kill(struct side_command *side);

#endif
