/*
 * argv_split.c - see argv_split.h. A command is walked the same way twice: to be counted, and to be
 * split. So what fits the first time fits the second.
 */
#include "config/argv_split.h"

#include <string.h>

#include "config/expand.h"

#define BETWEEN " \t\n"

/* True if the backslash there makes the character after it a plain one. */
static bool escapes(const char *at, char quote)
{
    if (*at != '\\' || quote == '\'')
        return false;
    return quote == '\0' || at[1] == '"' || at[1] == '\\' || expand_is_at(at + 1);
}

/* Opens or closes quotes if the character does. */
static bool is_quote(char character, char *quote)
{
    if (character == *quote && character != '\0') {
        *quote = '\0';
        return true;
    }
    if (*quote != '\0' || (character != '\'' && character != '"'))
        return false;
    *quote = character;
    return true;
}

/* Takes one word. Returns what follows it; NULL if it does not end, or a variable is not there. */
static const char *take_word(const char *at, struct expansion *words)
{
    char quote = '\0';
    while (quote != '\0' ? *at != '\0' : strchr(BETWEEN, *at) == NULL) {
        if (is_quote(*at, &quote)) {
            at++;
        } else if (words->variables != NULL && quote != '\'' && expand_is_at(at)) {
            if ((at = expand_take(words, at)) == NULL)
                return NULL;
        } else {
            if (escapes(at, quote) && *++at == '\0')
                return NULL;
            expand_put(words, *at++);
        }
    }
    return quote == '\0' ? at : NULL;
}

static int walk(const char *command, struct expansion *expansion, char **words)
{
    int count = 0;
    while (*(command += strspn(command, BETWEEN)) != '\0') {
        if (words != NULL)
            words[count] = expansion->buffer + expansion->length;
        count++;
        command = take_word(command, expansion);
        if (command == NULL)
            return -1;
        expand_put(expansion, '\0');
    }
    return count;
}

int argv_split_count(const char *command, struct expansion *expansion)
{
    expansion->buffer = NULL;
    expansion->length = 0;
    return walk(command, expansion, NULL);
}

void argv_split(const char *command, struct expansion *expansion, char *buffer, char **words)
{
    expansion->buffer = buffer;
    expansion->length = 0;
    words[walk(command, expansion, words)] = NULL;
}
