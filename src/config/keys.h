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

/* What the file says about how many services a section is. */
struct shape {
    bool enabled;
    int replicas; /* REPLICAS_UNSET: one service, with the name of the section */
};
enum { REPLICAS_UNSET = -1 };

/* A section while it is read: all that its service's sections say, one after the other. */
struct section {
    const char *name; /* NULL: there is no section yet */
    struct file_line place;
    bool is_global; /* it is [foster] */
    const char *command;
    char *depends_on;       /* the words of this key's last line, in the memory of the file */
    struct globals globals; /* of [foster]: not reset by the others */
    struct settings settings;
    struct shape shape;
    struct file_line places[KEYS_MOST]; /* of each key that it has itself, by its row in the
                                           table; line 0: none */
    char *kept[KEYS_MOST];              /* the last value of each key that was kept, of whatever
                                           section; NULL: none. entry_keep() */
};

/* The row of a key of services, which is in the table. */
unsigned keys_row(const char *name);

/* Finds the row of the entry's key. False if the section cannot have that key, or has it already:
 * reported as a fault. All functions: one thread, before the first start. */
bool keys_find(struct section *section, struct entry *entry);

/* Reads one entry into its field. What is wrong with it is reported as a fault. */
void keys_read(struct section *section, struct entry *entry);

/* True if each line of the key adds to those before it. */
bool keys_is_repeatable(unsigned row);

/* True if the key's values are added to a list, which other keys may have as well. */
bool keys_is_list(unsigned row);

/* True if no value at all is a value of the key. */
bool keys_takes_nothing(unsigned row);

/* True for a key of [foster] alone; false for one of services, which is a default there. */
bool keys_is_global(unsigned row);

/* True if a text begins as "KEY =" does, with a key of the table. */
bool keys_begins(const char *text);

/* The place of a key that the service's sections have themselves; NULL if they do not have it. */
const struct file_line *keys_place(const struct section *section, const char *name);

/* The same; for a key that is a default of [foster], the head of the section. */
const struct file_line *keys_place_or_head(const struct section *section, const char *name);

#endif
