/*
 * entry.h - a key and its value, as a section of a file has them.
 *
 * A value may go on in the lines below it, if these are indented further than the key, or if there
 * is a backslash at the end of the line above. So an entry is complete only when the line after it
 * has been seen.
 */
#ifndef CONFIG_ENTRY_H
#define CONFIG_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "config/lines.h"

/* The blanks before a line. A TAB is one character and, as on a terminal, up to eight columns; an
 * editor may show fewer. */
struct indent {
    unsigned characters, columns;
};

struct entry {
    struct file_line place; /* of its key */
    const char *section;    /* the name of its section */
    char *key;              /* NULL: there is no entry */
    char *value; /* in the memory of the file: it may be written to, and is invalid once the
                    file is closed; entry_keep() */
    char *end;   /* of the value */
    struct indent indent; /* of the key's line */
    bool joins;           /* its last line ended in a backslash: the next one continues it */
    const char *culprit;  /* the part of the value that is refused */
    char *copy;           /* the value, kept by entry_keep(), of a default; NULL: not yet */
    char **kept;       /* the last value of this key that was kept, NULL: none; in the section, or
                          `copy` */
    unsigned char row; /* of the key in the table, keys.h */
    unsigned char detail; /* from that row: what else its kind has to know */
};

/* The blanks at the beginning of a line. Any thread; allocates nothing. */
struct indent entry_indent(const char *line);

/* True if a line with that indent is further to the right than the other, in characters or in
 * columns: where the two differ, it looks so to one of two users. */
bool entry_is_deeper(const struct indent *indent, const struct indent *other);

/* Reads "key = value" from a line, ended with a NUL behind the last character, without the blanks
 * before it. Writes a NUL behind the key, and takes a backslash off the end. False, and the line as
 * it was, if it is not of that form. */
bool entry_parse(struct entry *entry, char *line, const struct file_line *place);

/* Appends a line to the value, with a blank between them. The line is a later one of the same
 * file. */
void entry_continue(struct entry *entry, const char *line);

/* A copy of the value in the arena, or the copy that the last equal value of this key was given. So
 * a thousand services with one command have one copy of it, and equal settings are equal byte for
 * byte. */
char *entry_keep(const struct entry *entry);

#endif
