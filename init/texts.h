/* texts.h - what foster prints on stdout when it is asked about itself. Each returns the exit code. */
#ifndef INIT_TEXTS_H
#define INIT_TEXTS_H

int print_help(void);
int print_version(void);
int print_license(void);

#endif
