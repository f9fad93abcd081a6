/* utf8.c - see utf8.h. */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TAIL = 0x80, /* 10xxxxxx, each byte after the first */
    TAIL_MASK = 0xc0,
    TAIL_BITS = 6,
    SURROGATE_FIRST = 0xd800,
    SURROGATE_LAST = 0xdfff,
    CODE_LAST = 0x10ffff,
};

/* The forms of a character by their length, RFC 3629, section 3. */
static const struct form {
    uint8_t lead, mask;
    uint32_t least; /* lower codes have a shorter form */
} forms[] = {{0x00, 0x80, 0}, {0xc0, 0xe0, 0x80}, {0xe0, 0xf0, 0x800}, {0xf0, 0xf8, 0x10000}};
enum { FORMS = sizeof forms / sizeof *forms };

static bool is_character(uint32_t code, uint32_t least)
{
    return code >= least && code <= CODE_LAST && (code < SURROGATE_FIRST || code > SURROGATE_LAST);
}

size_t utf8_length(const unsigned char *bytes, size_t left)
{
    size_t tails = 0;
    while (tails < FORMS && (bytes[0] & forms[tails].mask) != forms[tails].lead)
        tails++;
    if (tails == FORMS || tails >= left)
        return 0;
    uint32_t code = bytes[0] & (uint8_t)~forms[tails].mask;
    for (size_t i = 1; i <= tails; i++) {
        if ((bytes[i] & TAIL_MASK) != TAIL)
            return 0;
        code = code << TAIL_BITS | (bytes[i] & (uint8_t)~TAIL_MASK);
    }
    return is_character(code, forms[tails].least) ? tails + 1 : 0;
}
