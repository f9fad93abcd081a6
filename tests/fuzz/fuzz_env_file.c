/*
 * fuzz_env_file.c - any bytes as a file of variables: it is read to its end, each variable has a
 * name, and nothing outside of the text is touched.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/env_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1);
    memcpy(text, data, size);
    struct env_file file = {.next = text, .end = text + size, .next_line = 1};
    const char *variable;
    size_t rounds = 0;
    enum env_file_found found;
    while ((found = env_file_next(&file, &variable)) != ENV_FILE_END) {
        assert(rounds++ <= size && file.line < file.next_line + 1);
        if (found == ENV_FILE_FAULT)
            continue;
        assert(variable >= text && variable + strlen(variable) <= text + size);
        assert(*variable != '=' && strchr(variable, '=') != NULL);
    }
    free(text);
    return 0;
}
