/*
 * format.h - the form in which lines of services are written: with a prefix, or as JSON objects.
 *
 * Lines are gathered until there are PIPE_BUF bytes of them: so many a pipe takes whole, without
 * bytes of other writers in between (pipe(7)). So a line of that length or less is whole also
 * beside processes that write to the same pipe without foster. One thread.
 */
#ifndef LOGS_FORMAT_H
#define LOGS_FORMAT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "config/service.h"

struct format {
    int to; /* the destination */
    bool is_coloured;
    size_t width;         /* of the longest name with log = prefix */
    struct timespec now;  /* the time of the lines that follow */
    size_t filled;        /* bytes that are gathered */
    size_t whole;         /* of these, the bytes of lines that are complete */
    char bytes[PIPE_BUF]; /* that are gathered */
};

/* Sets up a format that is all zeroes. A terminal gets colours, unless NO_COLOR is in the
 * environment (no-color.org). */
void format_begin(struct format *format, int to);

/* Makes all prefixes at least as wide as this name. */
void format_make_room(struct format *format, const char *name);

/* Sets the time of the lines that follow to now. */
void format_set_time(struct format *format);

/* Adds one line, given without its newline, in the form of that output, OUTPUT_PREFIX or
 * OUTPUT_JSON. order is the number of its service, which chooses the colour. May block, as it may
 * write. */
void format_line(struct format *format, const char *name, enum output output, size_t order,
                 const char *bytes, size_t length);

/* Writes what has been gathered, and waits for the reader. What a broken or closed destination does
 * not take is dropped. May block. */
void format_flush(struct format *format);

#endif
