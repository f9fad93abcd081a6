/*
 * missing.h - what a section names and is not there now: a program, a user, an env_file. These are
 * notes of
 * --check, and no faults: a oneshot may make it before the service starts.
 */
#ifndef CONFIG_MISSING_H
#define CONFIG_MISSING_H

#include "config/keys.h"

/* Reports each as a note. One thread, before the first start. */
void missing_note(const struct section *section);

#endif
