/*
 * argv_split.h - a command of the file, split into words without a shell.
 *
 * Blanks separate words. 'Single quotes' keep all as it stands. "Double quotes" keep all but
 * variables and a backslash before ", \ or ${. Outside of quotes a backslash keeps the next
 * character. A variable (expand.h) is part of the word in which it stands, whatever it holds: its
 * blanks separate nothing, its quotes quote nothing. There is nothing else: no globs, no comments.
 */
#ifndef CONFIG_ARGV_SPLIT_H
#define CONFIG_ARGV_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/* The most that a command may need. Linux takes no single word that is longer (execve(2),
 * MAX_ARG_STRLEN), and a start has its words on the stack. */
enum { ARGV_ROOM_MOST = 128 * 1024 };

struct expansion; /* expand.h */

/* The number of words, or -1 for a quote that is not closed, a backslash at the end, a malformed
 * variable or one that is not there (expansion->missing, which is initialised by the caller, names
 * it). expansion->length is the bytes that argv_split() needs for them. Without variables in the
 * expansion, ${ stands for itself. Allocates nothing. */
int argv_split_count(const char *command, struct expansion *expansion);

/* Splits a command that argv_split_count() has counted with the same expansion: the words go to the
 * buffer, their addresses to words, NULL behind the last. */
void argv_split(const char *command, struct expansion *expansion, char *buffer, char **words);

#endif
