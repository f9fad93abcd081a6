/* section.h - a section begins, and is checked as a whole when it ends. */
#ifndef CONFIG_SECTION_H
#define CONFIG_SECTION_H

#include "config/keys.h"

/* The sections of a service begin, the first one there: the settings are the built-in defaults, and
 * none of the keys is there. */
void section_begin(struct section *section, const char *name, const struct file_line *place);

/* Takes back what is a default from [foster], but none for the section: for a oneshot a way to be
 * ready and a restart after success, for a service `every`. */
void section_trim_defaults(struct section *section);

/* Reports as faults what only shows when all keys of a service's section are known: keys that are
 * missing, exclude each other or are too many. */
void section_check(const struct section *section);

/* Writes notes on what a service's section says, and what has no effect. With is_check also on what
 * whoever starts the container has to know. */
void section_note(const struct section *section, bool is_check);

#endif
