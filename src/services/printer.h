/*
 * printer.h - lines of services on their way out, each with a word about where it is from.
 *
 * Lines are gathered until there are PIPE_BUF bytes of them: so much a pipe takes whole, and nobody else's bytes come
 * between (pipe(7)). So a line that is not longer is whole also beside those who write to the same pipe without us.
 * One thread.
 */
#ifndef SERVICES_PRINTER_H
#define SERVICES_PRINTER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "config/service.h"

struct printer {
    int to;
    bool is_coloured;
    size_t width;        /* of the longest name of log = prefix */
    struct timespec now; /* the time of the lines that follow */
    size_t filled;
    size_t whole; /* of the bytes that are there, those of lines that have their end */
    char bytes[PIPE_BUF];
};

/* Sets up a zeroed printer. A terminal is given colours, unless NO_COLOR is in the environment (no-color.org). */
void printer_begin(struct printer *printer, int to);

/* The name is one of those that the prefixes are to be as wide as. */
void printer_make_room(struct printer *printer, const char *name);

/* The lines that follow are of now. */
void printer_set_time(struct printer *printer);

/* Prints one line, given without its newline, in the form that the service's log asks for. Services of another order
 * have another colour. Waits for the reader; what a broken or closed destination does not take is dropped. */
void printer_line(struct printer *printer, const struct service *service, size_t order, const char *bytes,
                  size_t length);

/* Writes what has been gathered. */
void printer_flush(struct printer *printer);

#endif
