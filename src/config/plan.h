/*
 * plan.h - all services there are, and in which order they depend on each other.
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

/* What [foster] says, and what the command line says in its place. */
struct globals {
    const char *control; /* the path of the control socket; NULL: the default, "": none */
    enum output output;  /* of services that do not say */
    milliseconds grace;  /* for what is left when all services have ended */
    bool grace_given;
    const char *termination_log; /* NULL: none */
};

struct plan {
    struct service *services;
    size_t count;
    struct service *command; /* the command line's, among them; NULL: none */
    struct globals globals;

    /* What the command line says beside the files. */
    char **command_argv;          /* the command's words; the slot before them exists */
    const struct signal_map *map; /* what signals become on their way to services */
    bool to_group;                /* they go to process groups */
    const uint8_t *as_success;    /* exit codes of the command, exit_code_is_success() */
};

/* The service of that name, or NULL. The name need not end with NUL. */
struct service *plan_find(const struct plan *plan, const char *name, size_t length);

/* Finds circles of dependencies and says each as a fault, with the services in it in order. True if
 * there are none. */
bool plan_is_acyclic(const struct plan *plan);

/* Prints the order of the starts as a tree to stdout: what depends on nothing stands at the left,
 * what waits for it below and further in, with the condition. For --check. */
void plan_print(const struct plan *plan);

#endif
