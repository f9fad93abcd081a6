/*
 * expand.c - see expand.h. A text is walked twice by its caller, to be measured and to be written:
 * as both walks are the same, what fits the first time fits the second.
 */
#include "config/expand.h"

#include <string.h>

static const char plain[] = "${"; /* what $${ stands for */

static const char *find_any(const void *context, const char *name, size_t length)
{
    (void)context, (void)name, (void)length;
    return "x";
}

const struct variables variables_any = {find_any, NULL};

static bool is_escaped(const char *at)
{
    return at[0] == '$' && at[1] == '$' && at[2] == '{';
}

bool expand_is_at(const char *at)
{
    return (at[0] == '$' && at[1] == '{') || is_escaped(at);
}

bool expand_is_needed(const char *text)
{
    while ((text = strchr(text, '$')) != NULL && !expand_is_at(text))
        text++;
    return text != NULL;
}

/* Takes "${NAME}", "${NAME:-word}" or "${NAME:?word}" apart. A name is anything that a variable of
 * the environment can have (environ(7)), without a colon. */
static bool parse(const char *at, struct reference *reference)
{
    const char *name = at + strlen(plain);
    *reference = (struct reference){.name = name, .name_length = strcspn(name, "}:=")};
    at = name + reference->name_length;
    if (*at == ':' && (at[1] == '-' || at[1] == '?')) {
        reference->condition = at[1];
        reference->word = at + 2;
        reference->word_length = strcspn(reference->word, "}");
        at = reference->word + reference->word_length;
    }
    reference->end = at + 1;
    return reference->name_length > 0 && *at == '}';
}

void expand_put(struct expansion *expansion, char character)
{
    if (expansion->buffer != NULL)
        expansion->buffer[expansion->length] = character;
    expansion->length++;
}

static void put_bytes(struct expansion *expansion, const char *bytes, size_t length)
{
    if (expansion->buffer != NULL)
        memcpy(expansion->buffer + expansion->length, bytes, length);
    expansion->length += length;
}

/* A condition holds for a variable that is empty as well, as its colon says. */
static bool put_value(struct expansion *expansion, const struct reference *reference)
{
    const struct variables *variables = expansion->variables;
    const char *value =
        variables->find(variables->context, reference->name, reference->name_length);
    if (value != NULL && (*value != '\0' || reference->condition == '\0'))
        put_bytes(expansion, value, strlen(value));
    else if (reference->condition == '-')
        put_bytes(expansion, reference->word, reference->word_length);
    else
        return false;
    return true;
}

const char *expand_take(struct expansion *expansion, const char *at)
{
    struct reference reference;
    expansion->missing.name = NULL;
    if (is_escaped(at)) {
        put_bytes(expansion, plain, strlen(plain));
        return at + 1 + strlen(plain);
    }
    if (!parse(at, &reference))
        return NULL;
    if (put_value(expansion, &reference))
        return reference.end;
    expansion->missing = reference;
    return NULL;
}

bool expand_text(struct expansion *expansion, const char *text)
{
    while (text != NULL && *text != '\0')
        if (expand_is_at(text))
            text = expand_take(expansion, text);
        else
            expand_put(expansion, *text++);
    expand_put(expansion, '\0');
    return text != NULL;
}
