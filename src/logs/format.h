/*
 * format.h - lines of services on their way out, each with a word about where it is from.
 *
 * Lines are gathered until there are PIPE_BUF bytes of them: so much a pipe takes whole, and nobody
 * else's bytes come between (pipe(7)). So a line that is not longer is whole also beside those who
 * write to the same pipe without us. One thread.
 */
#ifndef LOGS_FORMAT_H
#define LOGS_FORMAT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "config/service.h"

struct format {
    int to;
    bool is_coloured;
    size_t width;        /* of the longest name of log = prefix */
    struct timespec now; /* the time of the lines that follow */
    size_t filled;
    size_t whole; /* of the bytes that are there, those of lines that have their end */
    char bytes[PIPE_BUF];
};

/* Sets up a zeroed format. A terminal is given colours, unless NO_COLOR is in the environment
 * (no-color.org). */
void format_begin(struct format *format, int to);

/* The name is one of those that the prefixes are to be as wide as. */
void format_make_room(struct format *format, const char *name);

/* The lines that follow are of now. */
void format_set_time(struct format *format);

/* Prints one line, given without its newline, in the form that the service's log asks for. Services
 * of another order have another colour. Waits for the reader; what a broken or closed destination
 * does not take is dropped. */
void format_line(struct format *format, const struct service *service, size_t order,
                 const char *bytes, size_t length);

/* Writes what has been gathered. */
void format_flush(struct format *format);

#endif
