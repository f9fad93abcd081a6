/*
 * argv_split.c - see argv_split.h. One function walks the command, to count the words as well as to
 * split it. So the words always fit into the room that was counted.
 */
#include "config/argv_split.h"

#include <string.h>

#define BETWEEN " \t\n"

/* The words that have been written; without a buffer they are only counted. */
struct copy {
    char *buffer;
    size_t length;
};

static void put(struct copy *copy, char character)
{
    if (copy->buffer != NULL)
        copy->buffer[copy->length] = character;
    copy->length++;
}

/* True for a backslash that makes the next character stand for itself. */
static bool escapes(const char *at, char quote)
{
    return *at == '\\' && (quote == '\0' || (quote == '"' && (at[1] == '"' || at[1] == '\\')));
}

/* Copies one word. Returns the character behind it, or NULL if a quote is open at the end. */
static const char *take_word(const char *at, struct copy *copy)
{
    char quote = '\0';
    for (; quote != '\0' || *at == '\0' || strchr(BETWEEN, *at) == NULL; at++) {
        if (*at == '\0')
            return quote == '\0' ? at : NULL;
        if (*at == quote) {
            quote = '\0';
            continue;
        }
        if (quote == '\0' && (*at == '\'' || *at == '"')) {
            quote = *at;
            continue;
        }
        if (escapes(at, quote) && *++at == '\0')
            return NULL;
        put(copy, *at);
    }
    return at;
}

static int walk(const char *command, struct copy *copy, char **words)
{
    int count = 0;
    while (*(command += strspn(command, BETWEEN)) != '\0') {
        if (words != NULL)
            words[count] = copy->buffer + copy->length;
        count++;
        command = take_word(command, copy);
        if (command == NULL)
            return -1;
        put(copy, '\0');
    }
    return count;
}

int argv_split_count(const char *command, size_t *room)
{
    struct copy measure = {0};
    int count = walk(command, &measure, NULL);
    *room = measure.length;
    return count;
}

void argv_split(const char *command, char *buffer, char **words)
{
    struct copy copy;
    copy.buffer = buffer;
    copy.length = 0;
    words[walk(command, &copy, words)] = NULL;
}
