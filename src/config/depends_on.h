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

/* Adds those of one line of the key, separated by blanks or commas. The words are in the memory of
 * the file, and are written to. What is wrong with them is reported as a fault. */
void depends_on_add(struct depends_on *depends_on, const struct names *names,
                    const struct entry *entry, char *words);

/* The section ends: the next one begins with none. The list is the service's. */
void depends_on_end(struct depends_on *depends_on);

/* Sets the condition of each dependency that has none, once the settings of every service are
 * known: a oneshot has to be completed, a service has to be ready. A service that has to be healthy
 * and has no health check has to be ready. */
void depends_on_settle(const struct plan *plan);

#endif
