/*
 * fuzz_argv_split.c - any bytes as a command: what is counted is what is split, and variables make
 * no more words and no fewer.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/argv_split.h"
#include "config/expand.h"

static const char *found; /* what each variable holds */

static const char *find(const void *context, const char *name, size_t length)
{
    (void)context;
    (void)name;
    (void)length;
    return found;
}

static int split(const char *command, const struct variables *variables)
{
    struct expansion expansion = {.variables = variables};
    int count = argv_split_count(command, &expansion);
    if (count == -1)
        return -1;
    size_t room = expansion.length;
    char *buffer = malloc(room), **words = malloc(((size_t)count + 1) * sizeof *words);
    argv_split(command, &expansion, buffer, words);
    assert(expansion.length == room && words[count] == NULL);
    for (int i = 0; i < count; i++)
        assert(words[i] >= buffer && words[i] + strlen(words[i]) < buffer + room);
    free(words);
    free(buffer);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct variables variables = {find, NULL};
    char *command = calloc(1, size + 1);
    memcpy(command, data, size);
    split(command, NULL);
    found = "x";
    int count = split(command, &variables);
    found = "a b 'c\" \\ ${d}";
    assert(split(command, &variables) == count);
    free(command);
    return 0;
}
