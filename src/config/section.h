/* section.h - a section begins, and is checked as a whole when it ends. */
#ifndef CONFIG_SECTION_H
#define CONFIG_SECTION_H

#include "config/keys.h"

/* A section of that name begins: its settings are the defaults, and none of its keys is there. */
void section_begin(struct section *section, const char *name, const struct file_line *place);

/* Reports as faults what only shows when all keys of a service's section are known: keys that are
 * missing, exclude each other or are too many. */
void section_check(const struct section *section);

#endif
