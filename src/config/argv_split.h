/*
 * argv_split.h - a command of the file, split into words without a shell.
 *
 * Blanks separate words. In 'single quotes' all characters stand for themselves, in "double quotes"
 * all but a backslash before " or \. Outside of quotes a backslash makes the next character stand
 * for itself. There are no variables, patterns or comments. Both functions: any thread; they
 * allocate nothing.
 */
#ifndef CONFIG_ARGV_SPLIT_H
#define CONFIG_ARGV_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/* The longest command, as argv_split_count() measures it. A start has the words on its stack; and
 * Linux takes no word that is longer (execve(2), MAX_ARG_STRLEN). */
enum { ARGV_ROOM_MOST = 128 * 1024 };

/* The number of words, or -1 if a quote is not closed or there is a backslash at the end. *room is
 * the number of bytes that argv_split() needs for them. */
int argv_split_count(const char *command, size_t *room);

/* Splits a command for which argv_split_count() has returned a number. Writes the words to the
 * buffer, and their addresses and a NULL to `words`. */
void argv_split(const char *command, char *buffer, char **words);

#endif
