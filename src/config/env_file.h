/*
 * env_file.h - a file of variables, as Compose reads it.
 *
 * A line is NAME=VALUE, also with "export" before it; a line that is blank, or begins with #, is
 * nothing; a NAME alone is the container's variable of that name, which every service has anyway.
 * Blanks around the value are no part of it, nor is a # that follows a blank, with what follows it.
 * 'Single quotes' keep all as it stands but \'; "double quotes" all but the backslashes of C (\n,
 * \r, \t) and those before any other character. A quoted value may go over several lines. Nothing
 * is expanded.
 */
#ifndef CONFIG_ENV_FILE_H
#define CONFIG_ENV_FILE_H

#include <stdbool.h>

/* A text that is read, and changed by it. */
struct env_file {
    char *next;               /* what is not read yet */
    char *end;                /* of the text; a NUL is there */
    unsigned line, next_line; /* where the last variable begins, and where next is: at first 1 */
    bool has_reference;       /* the last value has a ${, outside of single quotes */
};

/* What the next line is. */
enum env_file_found { ENV_FILE_VARIABLE, ENV_FILE_END, ENV_FILE_FAULT };

/* Reads on to the next variable, "NAME=VALUE", which then is part of the text and stays as long as
 * that does. file->line is where it begins; after a fault, *variable is what the line should have
 * been, "NAME=VALUE". Allocates nothing; async-signal-safe. */
enum env_file_found env_file_next(struct env_file *file, const char **variable);

#endif
