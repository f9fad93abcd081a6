/*
 * depends_on.h - the key `depends_on`: "db migrate:completed, cache:started".
 */
#ifndef CONFIG_DEPENDS_ON_H
#define CONFIG_DEPENDS_ON_H

#include "config/entry.h"
#include "config/names.h"

/* The dependencies of the section that is read; the zero value is none. */
struct depends_on {
    struct dependency *list;
    size_t count;
};

/* Adds those of one line of the key, separated by blanks or commas. The words are written to.
 * What is wrong with them is reported as a fault. */
void depends_on_add(struct depends_on *depends_on, const struct names *names,
                    const struct entry *entry, char *words);

/* Adds those of [foster] to each service, but not to the command of the command line, to services
 * that are marked, and to those that one of them depends on: these would depend on themselves. The
 * marks have one byte for each service. */
void depends_on_add_defaults(const struct depends_on *defaults, const struct plan *plan,
                             unsigned char *marks);

/* The section ends: the next one begins with none. The list is the service's. */
void depends_on_end(struct depends_on *depends_on);

/* Sets the condition of each dependency that has none, once the settings of every service are
 * known: a oneshot has to be completed, a service has to be ready. A service that has to be healthy
 * and has no health check has to be ready. */
void depends_on_settle(const struct plan *plan);

#endif
