/*
 * nearest.c - see nearest.h.
 *
 * The distance of two words is the least number of letters to insert, to delete or to replace in
 * order to make one of the other (Levenshtein), by the algorithm of Wagner and Fischer, of which
 * one row of the matrix is kept.
 */
#include "base/nearest.h"

#include <stddef.h>
#include <string.h>

enum {
    LONGEST = 64,         /* of the words that are compared */
    LIKENESS = 3,         /* one letter in so many may differ */
    PAIRS_MOST = 1 << 20, /* of letters that are compared for one word */
};

static size_t distance(const char *one, size_t one_length, const char *other, size_t other_length)
{
    unsigned char row[LONGEST + 1];
    for (size_t j = 0; j <= other_length; j++)
        row[j] = (unsigned char)j;
    for (size_t i = 1; i <= one_length; i++) {
        unsigned best = row[0];
        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= other_length; j++) {
            best += one[i - 1] != other[j - 1];
            if (best > row[j] + 1U)
                best = row[j] + 1U;
            if (best > row[j - 1] + 1U)
                best = row[j - 1] + 1U;
            unsigned diagonal = row[j];
            row[j] = (unsigned char)best;
            best = diagonal;
        }
    }
    return row[other_length];
}

const char *nearest_word(const char *word, const char *(*next)(void *context), void *context)
{
    const char *candidate, *nearest = NULL;
    size_t length = strlen(word), least = LONGEST, pairs = 0;
    if (length > LONGEST)
        return NULL;
    while (pairs < PAIRS_MOST && (candidate = next(context)) != NULL) {
        size_t other = strlen(candidate), longer = length > other ? length : other;
        size_t most = longer / LIKENESS < least - 1 ? longer / LIKENESS : least - 1;
        if (other > LONGEST || 2 * longer - length - other > most)
            continue;
        pairs += length * other;
        size_t differing = distance(word, length, candidate, other);
        if (differing <= most) {
            least = differing;
            nearest = candidate;
        }
    }
    return nearest;
}

void nearest_add_hint(struct text *text, const char *word, const char *(*next)(void *context),
                      void *context)
{
    const char *nearest = nearest_word(word, next, context);
    if (nearest != NULL)
        text_add(text, "; did you mean '%s'?", nearest);
}
