/*
 * keys.h - the table of keys: what can stand in a section, of what kind it is, and where it goes.
 *
 * The table is the manual's list of keys in the order of the manual. To add a key is to add a row.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>

#include "config/diagnostics.h"
#include "config/plan.h"
#include "config/values.h"

/* The settings of a section that says nothing. */
extern const struct settings settings_default;

/* The name of the section of the global keys. */
#define GLOBAL_SECTION "foster"

enum { KEYS_MOST = 64 };

/* A section while it is read. */
struct section {
    const char *name; /* NULL: there was none yet */
    struct file_line place;
    bool is_global; /* its keys go to globals, which stay from one section to the next */
    const char *command;
    char *depends_on; /* the names, as they stand; the last ones, as the key may be repeated */
    struct globals globals;
    struct settings settings;
    unsigned lines[KEYS_MOST]; /* where each key stands, by its row in the table; 0: nowhere */
    char *kept[KEYS_MOST];     /* the last value of each that was kept, also in the sections before;
                                  NULL: none */
};

/* Reads one line of a section. What is wrong with it is said as a fault. */
void key_read(struct section *section, struct entry *entry);

/* The line of a key of a service's section; 0 if the key is not there. */
unsigned key_line(const struct section *section, const char *name);

#endif
