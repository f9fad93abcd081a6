/* diagnostics.c - see diagnostics.h. One thread, before the first start. */
#include "config/diagnostics.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

static unsigned count;

void diagnostics_error(const struct file_line *place, const char *format, ...)
{
    struct text line;
    va_list list;
    log_begin(&line);
    if (place->file != NULL)
        text_add(&line, "%s:", place->file);
    if (place->line != 0)
        text_add(&line, "%u:", place->line);
    if (place->file != NULL)
        text_add(&line, " ");
    va_start(list, format);
    text_add_list(&line, format, list);
    va_end(list);
    log_end(LOG_ERROR, &line);
    count++;
}

unsigned diagnostics_count(void)
{
    return count;
}

void diagnostics_unknown(const struct file_line *place, const char *what, const char *word,
                         const char *nearest)
{
    if (nearest != NULL)
        diagnostics_error(place, "%s '%s'; did you mean '%s'?", what, word, nearest);
    else
        diagnostics_error(place, "%s '%s'", what, word);
}

/* ---- what was meant ---- */

enum {
    LONGEST = 64,              /* of the words that are compared */
    LIKENESS = 3,              /* one letter in so many may differ */
    PAIRS_MOST = 1 << 20,      /* of letters that are compared for one word: some milliseconds */
    FAULTS_WITH_NEAREST = 100, /* who has more of them has another kind of file */
};

/* The least number of letters to be put in, left out or replaced; Wagner and Fischer's, with one
 * row. */
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

const char *diagnostics_nearest(const char *word, const char *(*next)(void *context), void *context)
{
    const char *candidate, *nearest = NULL;
    size_t length = strlen(word), least = LONGEST, pairs = 0;
    if (length > LONGEST || count >= FAULTS_WITH_NEAREST)
        return NULL;
    while (pairs < PAIRS_MOST && (candidate = next(context)) != NULL) {
        size_t other = strlen(candidate), longer = length > other ? length : other;
        size_t most =
            longer / LIKENESS < least - 1 ? longer / LIKENESS : least - 1; /* letters may differ */
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

/* ---- lines ---- */

const char *lines_open(struct lines *lines, const char *path, int fd)
{
    static const char byte_order_mark[] = {'\xef', '\xbb', '\xbf', '\0'};
    size_t length;
    lines->place = (struct file_line){path, 0};
    lines->text = lines->next = file_rest(fd, &length);
    if (lines->text == NULL)
        return errno == 0 ? "not a regular file" : strerror(errno);
    lines->end = lines->text + length;
    if (strlen(lines->text) != length) {
        lines_close(lines);
        return "not a text: there is a NUL byte in it";
    }
    if (strncmp(lines->next, byte_order_mark, strlen(byte_order_mark)) == 0)
        lines->next += strlen(byte_order_mark);
    return NULL;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

char *lines_next(struct lines *lines)
{
    char *line = lines->next;
    if (line >= lines->end)
        return NULL;
    char *end = memchr(line, '\n', (size_t)(lines->end - line));
    if (end == NULL)
        end = lines->end;
    lines->next = end + 1;
    lines->place.line++;
    while (end > line && is_blank(end[-1]))
        end--;
    *end = '\0';
    return line;
}

void lines_close(const struct lines *lines)
{
    file_drop(lines->text, (size_t)(lines->end - lines->text));
}
