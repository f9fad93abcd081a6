/*
 * diagnostics.h - the lines of a configuration, and what is wrong with them: file, line, the
 * offending text, and what to write instead.
 *
 * All faults are said in one run, so that nobody has to fix them one start at a time. One line
 * each: foster: /etc/foster.conf:12: unknown key 'comand'; did you mean 'command'?
 */
#ifndef CONFIG_DIAGNOSTICS_H
#define CONFIG_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* A place in a file. Line 0 is the file as a whole; without a file, it is the configuration as a
 * whole. */
struct file_line {
    const char *file;
    unsigned line;
};

/* A file that is read line by line. What is found in it is gone when it is closed. */
struct lines {
    char *text; /* all of it */
    char *next; /* the start of the next line */
    char *end;  /* of the text; a NUL is there */
    struct file_line place;
};

/* Reads the file of that path whole, closes it, and passes a byte order mark over. NULL, or why
 * that cannot be; of -1 what errno says. */
const char *lines_open(struct lines *lines, const char *path, int fd);

/* The next line, ended with NUL where its trailing blanks begin, or NULL; lines->place is where it
 * stands. */
char *lines_next(struct lines *lines);

/* Gives the memory of its text back. */
void lines_close(const struct lines *lines);

/* What separates words. */
#define BLANKS " \t"

/* Says a fault, diagnostics_error(&place, "unknown key '%s'", key), and counts it. */
void diagnostics_error(const struct file_line *place, const char *format, ...) TEXT_FORMAT(2);

/* How many there have been. */
unsigned diagnostics_count(void);

/* The candidate nearest to a word, if it is near enough to be meant (at most a third of its letters
 * differ), or NULL; also NULL where there are too many to be compared, or too many faults.
 * next(context) returns one candidate after the other, then NULL. */
const char *diagnostics_nearest(const char *word, const char *(*next)(void *context),
                                void *context);

/* Says that a word is not known, with the nearest candidate, which may be NULL: "unknown key
 * 'comand'; did you mean 'command'?" What comes before the word is the caller's. */
void diagnostics_unknown(const struct file_line *place, const char *what, const char *word,
                         const char *nearest);

#endif
