/*
 * argv_split.c - see argv_split.h. A command is walked the same way twice: to be counted, and to be
 * split. So what fits the first time fits the second.
 */
#include "config/argv_split.h"

#include <string.h>

#define BETWEEN " \t\n"

/* Where the words go; without a buffer they are only measured. */
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

/* True if the backslash there makes the character after it a plain one. */
static bool escapes(const char *at, char quote)
{
    return *at == '\\' && (quote == '\0' || (quote == '"' && (at[1] == '"' || at[1] == '\\')));
}

/* Takes one word. Returns what follows it, or NULL if it does not end. */
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
