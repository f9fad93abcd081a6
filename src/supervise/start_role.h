/* start_role.h - what a program is to the service that foster starts it for. */
#ifndef SUPERVISE_START_ROLE_H
#define SUPERVISE_START_ROLE_H

/* A probe and a stop command are commands beside the main process: side_command.h. */
enum start_role {
    ROLE_MAIN_PROCESS,
    ROLE_PROBE, /* of readiness or health */
    ROLE_STOP_COMMAND,
};

#endif
