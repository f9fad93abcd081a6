/*
 * help.h - the texts that foster prints about itself on request, under each name. Each function
 * returns foster's exit code: EXIT_FOSTER_FAILED if the text could not be written. Main thread.
 */
#ifndef INIT_HELP_H
#define INIT_HELP_H

#include "personality.h"

int help_print(const struct personality *personality);
int help_print_version(const struct personality *personality);
int help_print_license(void);

#endif
