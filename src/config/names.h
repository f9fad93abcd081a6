/*
 * names.h - the services, by the names of their sections.
 *
 * All names are collected before the first key is read: so the services are one array, and a
 * dependency on a service that stands further down is resolved at once.
 */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash_table.h"
#include "config/files.h"
#include "config/plan.h"

struct names {
    struct plan *plan;
    struct hash_table table;       /* the services, by their names */
    size_t most;                   /* services that there can be */
    struct file_line *places;      /* where the section of each service begins */
    struct file_line global_place; /* where [foster] begins; line 0: nowhere */
};

/* Fills plan->services with one service for each section, and with the command of the command line
 * before them if there is one (COMMAND_NAME, plan->command); they have a name and nothing else. A
 * name that is refused or there already is reported as a fault, and its section becomes no service.
 * The name of a section that is accepted is ended with a NUL in the file, where the service's name
 * points to. One thread, before the first start. */
void names_collect(struct names *names, struct plan *plan, const struct files *files,
                   bool has_command);

/* The service of that name, or NULL. */
struct service *names_find(const struct names *names, const char *name);

/* Copies the names to the arena, because the files will be closed, and gives back the memory of the
 * table. */
void names_close(struct names *names);

#endif
