/*
 * argv_split.h - a command of the file, split into words without a shell.
 *
 * Blanks separate words. 'single quotes' keep all as it stands; "double quotes" all but a backslash
 * before " or \; a backslash outside of quotes keeps the next character. Nothing else is special:
 * no variables, no globs, no comments.
 */
#ifndef CONFIG_ARGV_SPLIT_H
#define CONFIG_ARGV_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/* The most that a command may need. Linux takes no single word that is longer (execve(2),
 * MAX_ARG_STRLEN), and a start has its words on the stack. */
enum { ARGV_ROOM_MOST = 128 * 1024 };

/* The number of words, or -1 for a quote that is not closed or a backslash at the end. *room is the
 * bytes that argv_split() needs for them. Allocates nothing. */
int argv_split_count(const char *command, size_t *room);

/* Splits a command that argv_split_count() has counted: the words go to the buffer, their addresses
 * to words, NULL behind the last. */
void argv_split(const char *command, char *buffer, char **words);

#endif
