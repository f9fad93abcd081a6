/*
 * fuzz_expand.c - any bytes as a value with variables: what is measured is what is written, and no
 * byte more.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/expand.h"

/* Names of one letter are set, "E" to nothing. */
static const char *find(const void *context, const char *name, size_t length)
{
    (void)context;
    if (length != 1)
        return NULL;
    return *name == 'E' ? "" : "a ${b} 'c";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct variables variables = {find, NULL};
    char *text = calloc(1, size + 1);
    memcpy(text, data, size);
    struct expansion measure = {.variables = &variables}, write = measure;
    bool fits = expand_text(&measure, text);
    write.buffer = malloc(measure.length);
    assert(expand_text(&write, text) == fits && write.length == measure.length);
    assert(!fits || strlen(write.buffer) + 1 == write.length);
    assert(fits || expand_is_needed(text));
    free(write.buffer);
    free(text);
    return 0;
}
