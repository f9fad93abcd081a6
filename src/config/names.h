/*
 * names.h - the services, by the names of their sections.
 *
 * All names are collected before the first key is read: so the services are one array, and a
 * dependency on a service that stands further down is resolved at once. A service may have a
 * section in each file: those behind the first one change it.
 */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash_table.h"
#include "config/files.h"
#include "config/plan.h"

/* A section as it stands in a file; also the lines before the first section of a file. */
struct heading {
    const char *name;        /* NULL: the lines before the first section */
    struct lines lines;      /* those of the section, without its head; place is that of the head */
    struct heading *later;   /* the section of this name in a later file; NULL: none */
    struct service *service; /* NULL: it is [foster], or has been refused */
    bool is_later;           /* it changes what a section of an earlier file began */
};

struct names {
    struct plan *plan;
    struct hash_table table;  /* the services, by their names */
    size_t most;              /* services that there can be */
    struct heading *headings; /* in the order of the files and lines */
    size_t count, room;       /* of headings */
    struct heading **first;   /* of each service; NULL: of the command of the command line */
    struct heading *global;   /* the first [foster], or NULL */
};

/* Fills plan->services with one service for each name, and with the command of the command line
 * before them if there is one (COMMAND_NAME, plan->command); they have a name and nothing else. A
 * name that is refused or twice in one file is reported as a fault, and its section becomes no
 * service. The name of a section is ended with a NUL in the file, where the service's name points
 * to. One thread, before the first start. */
void names_collect(struct names *names, struct plan *plan, const struct files *files,
                   bool has_command);

/* The service of that name, or NULL. */
struct service *names_find(const struct names *names, const char *name);

/* The length of the name in a line "[NAME]", or 0 if the line is not of that form. */
size_t names_length(const char *head);

/* The first section of a service; NULL for the command of the command line. */
const struct heading *names_first(const struct names *names, const struct service *service);

/* Gives back the memory of the sections and of the table. The names are still in the files. */
void names_close(struct names *names);

#endif
