/* help.h - what foster prints when it is asked about itself, by whatever name. Each returns the
 * exit code. */
#ifndef INIT_HELP_H
#define INIT_HELP_H

#include "personality.h"

int print_help(const struct personality *name);
int print_version(const struct personality *name);
int print_license(void);

#endif
