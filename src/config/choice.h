/*
 * choice.h - a value that is one of a few words.
 *
 * The words are one string, each ended with a NUL and the last with two: "no\0yes\0" (the second
 * one is the compiler's). Their order is that of the enumerators that they stand for. Everything
 * here: any thread; allocates nothing.
 */
#ifndef CONFIG_CHOICE_H
#define CONFIG_CHOICE_H

#include <stddef.h>

/* The number, from 0, of the word that the first length bytes of a value are, or -1. */
int choice_of(const char *words, const char *value, size_t length);

/* The same of "WORD" or "WORD:ARGUMENT"; *argument is NULL without a colon. */
int choice_with_argument(const char *words, const char *value, const char **argument);

#endif
