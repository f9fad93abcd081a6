/*
 * nearest.h - the word that was probably meant: "unknown key 'comand'; did you mean 'command'?"
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/text.h"

/* The candidate that differs from the word by the fewest letters, if these are at most a third of
 * the longer one's; of equals the first. NULL if none is that near. next(context) returns one
 * candidate after the other, then NULL.
 *
 * Only words of up to 64 bytes are compared, and only the first candidates if there are very many:
 * the search takes some milliseconds at most. Any thread; allocates nothing. */
const char *nearest_word(const char *word, const char *(*next)(void *context), void *context);

/* Appends "; did you mean 'NEAREST'?", or nothing if no candidate is near. */
void nearest_add_hint(struct text *text, const char *word, const char *(*next)(void *context),
                      void *context);

#endif
