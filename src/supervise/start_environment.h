/*
 * start_environment.h - what foster adds to its own environment for a program of a service.
 *
 * In this order, a later entry of one name replacing an earlier: HOME, USER and LOGNAME of a user
 * that has a name; `environment` and `env_file`; then for the main process NOTIFY_SOCKET,
 * WATCHDOG_USEC, WATCHDOG_PID (sd_notify(3), sd_watchdog_enabled(3)), LISTEN_FDS, LISTEN_FDNAMES,
 * LISTEN_PID (sd_listen_fds(3)); for a command beside it MAINPID. The command of the command line
 * has these variables as foster was started with them; a LISTEN_PID that was foster's is its own.
 *
 * All of these but the first: supervisor's thread. Allocates nothing: the memory is the caller's.
 */
#ifndef SUPERVISE_START_ENVIRONMENT_H
#define SUPERVISE_START_ENVIRONMENT_H

#include <stddef.h>

#include "config/plan.h"
#include "supervise/start_role.h"

enum { START_ENVIRONMENT_PIDS = 2 }; /* WATCHDOG_PID, LISTEN_PID */

struct start_environment {
    char **entries; /* "NAME=value"; room for start_environment_most() of them */
    size_t count;
    size_t before_settings; /* the entries that come before those of the settings */
    char *unused; /* where the next value is written; start_environment_size() bytes at first */
    char *own_pids[START_ENVIRONMENT_PIDS + 1]; /* entries that the child completes with its pid;
                                                   NULL ends them */
};

/* Removes the variables that were meant for foster from its environment, and keeps them for the
 * command of the command line. Without one, sockets of LISTEN_FDS have no taker, which is logged.
 * Main thread, before the first start. */
void start_environment_prepare(const struct plan *all);

/* The most entries that a program of such a service is given. */
size_t start_environment_most(const struct settings *settings);

/* The most bytes that their values need, in addition to those that the settings hold. */
size_t start_environment_size(const struct settings *settings);

/* Fills in the entries; those of the settings only if nothing has to be looked up for them, else
 * start_lookup.h does it in the child. Entries and unused bytes are set before; all else is
 * zero. */
void start_environment_fill(struct start_environment *environment, const struct service *service,
                            enum start_role role);

#endif
