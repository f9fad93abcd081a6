/*
 * plan.h - what foster is to run: all services, the global keys, and what the command line says.
 *
 * It is complete before the first start, and constant from then on, but for the state of each
 * service.
 */
#ifndef CONFIG_PLAN_H
#define CONFIG_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "config/service.h"
#include "process/signals.h"

/* The name of the section of the global keys. */
#define GLOBAL_SECTION "foster"

/* The name of the service that runs the command of the command line. */
#define COMMAND_NAME "main"

/* All services, for foster ctl; the name of no service. */
#define ALL_NAME "all"

/* What [foster] says, and what the command line says in its place. */
struct globals {
    const char *control; /* the path of the control socket; NULL: the default, "": none */
    milliseconds grace;  /* the time for processes that are left when all services have ended */
    bool grace_given;
    const char *termination_log; /* a path, or NULL */
};

/* A file that has a section of a service. */
struct origin {
    const char *file;
    const struct origin *next; /* in the order of the files */
};

struct plan {
    struct service *services;
    size_t count;
    struct service *command; /* the one that runs the command of the command line; NULL: none */
    struct globals globals;

    /* For --check alone. */
    const struct origin **origins; /* of each service; NULL: all are from one file */
    const char **absent;           /* sections that are no service: not enabled, or no replicas */
    size_t absent_count;

    /* What the command line says, and no file. */
    char **command_argv;          /* the words of the command; command_argv[-1] exists */
    const struct signal_map *map; /* the signals that services get in place of others */
    bool to_group;                /* signals are sent to process groups */
};

/* True if the name is that of the service, or of the section that it is a replica of. Any thread;
 * allocates nothing; so are the next two. */
bool plan_is_named(const struct service *service, const char *name, size_t length);

/* The next service behind that one, or the first if it is NULL, which these length bytes name; NULL
 * if there is none. */
struct service *plan_find_next(const struct plan *plan, const struct service *behind,
                               const char *name, size_t length);

/* The first such service, or NULL. */
struct service *plan_find(const struct plan *plan, const char *name, size_t length);

#endif
