/* choice.c - see choice.h. */
#include "config/choice.h"

#include <string.h>

int choice_of(const char *words, const char *value, size_t length)
{
    for (int i = 0; *words != '\0'; i++, words += strlen(words) + 1)
        if (strlen(words) == length && memcmp(words, value, length) == 0)
            return i;
    return -1;
}

int choice_with_argument(const char *words, const char *value, const char **argument)
{
    size_t length = strcspn(value, ":");
    *argument = value[length] == ':' ? value + length + 1 : NULL;
    return choice_of(words, value, length);
}
