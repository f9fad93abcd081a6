/* texts.h - what foster prints when it is asked about itself, by whatever name. Each returns the exit code. */
#ifndef INIT_TEXTS_H
#define INIT_TEXTS_H

#include "names.h"

int print_help(const struct name *name);
int print_version(const struct name *name);
int print_license(void);

#endif
