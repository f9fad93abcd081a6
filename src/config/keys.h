/*
 * keys.h - the table of keys: what can stand in a section, of what kind it is, and which field it
 * is read into.
 *
 * The table has the order of the manual's. To add a key is to add a row, and a field to struct
 * settings (settings.h) or struct globals (plan.h).
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>

#include "config/entry.h"
#include "config/plan.h"
#include "config/settings.h"

enum { KEYS_MOST = 64 };

/* A section while it is read. */
struct section {
    const char *name; /* NULL: there is no section yet */
    struct file_line place;
    bool is_global; /* it is [foster] */
    const char *command;
    char *depends_on;       /* the words of this key's last line, in the memory of the file */
    struct globals globals; /* of [foster], which may stand anywhere: not reset by the others */
    struct settings settings;
    unsigned lines[KEYS_MOST]; /* the line of each key, by its row in the table; 0: none */
    char *kept[KEYS_MOST];     /* the last value of each key that was kept, of whatever section;
                                  NULL: none. entry_keep() */
};

/* Reads one key of a section into its field. What is wrong with it is reported as a fault. One
 * thread, before the first start. */
void keys_read(struct section *section, struct entry *entry);

/* The line of a key of a service's section; 0 if the section does not have the key. */
unsigned keys_line(const struct section *section, const char *name);

#endif
