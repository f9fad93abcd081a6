/* json.c - see json.h. */
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    TAIL = 0x80, /* 10xxxxxx, what follows the first byte of a sequence */
    TAIL_MASK = 0xc0,
    TAIL_BITS = 6,
    ASCII_END = 0x80,
    SURROGATE_FIRST = 0xd800,
    SURROGATE_LAST = 0xdfff,
    CODE_LAST = 0x10ffff,
};

/* The forms of UTF-8, in the order of their lengths: RFC 3629, section 3. */
static const struct form {
    uint8_t lead, mask;
    uint32_t least; /* what is below has a shorter form */
} forms[] = {{0x00, 0x80, 0}, {0xc0, 0xe0, 0x80}, {0xe0, 0xf0, 0x800}, {0xf0, 0xf8, 0x10000}};
enum { FORMS = sizeof forms / sizeof *forms };

static bool is_character(uint32_t code, uint32_t least)
{
    return code >= least && code <= CODE_LAST && (code < SURROGATE_FIRST || code > SURROGATE_LAST);
}

/* The length of the valid sequence at the front, or 0. */
static size_t sequence_length(const unsigned char *bytes, size_t left)
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

/* How many bytes at the front can stay as they are. */
static size_t plain_length(const unsigned char *bytes, size_t length)
{
    size_t plain = 0, step;
    while (plain < length && bytes[plain] >= ' ' && bytes[plain] != '"' && bytes[plain] != '\\' &&
           (step = sequence_length(bytes + plain, length - plain)) > 0)
        plain += step;
    return plain;
}

/* What a byte that cannot stay becomes: its length. */
static size_t replace(unsigned char byte, char escape[JSON_ESCAPE])
{
    static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt", digits[] = "0123456789abcdef";
    static const char unknown[] = "\xef\xbf\xbd", hexadecimal[] = "\\u00";
    if (byte >= ASCII_END) {
        memcpy(escape, unknown, sizeof unknown - 1);
        return sizeof unknown - 1;
    }
    memcpy(escape, hexadecimal, sizeof hexadecimal - 1);
    const char *found = memchr(named, byte, sizeof named - 1);
    if (found != NULL) {
        escape[1] = names[found - named];
        return 2;
    }
    escape[JSON_ESCAPE - 2] = digits[byte / (sizeof digits - 1)];
    escape[JSON_ESCAPE - 1] = digits[byte % (sizeof digits - 1)];
    return JSON_ESCAPE;
}

size_t json_next(struct json_rest *rest, const char **piece)
{
    size_t length = plain_length((const unsigned char *)rest->bytes, rest->length), taken = length;
    *piece = rest->bytes;
    if (length == 0 && rest->length > 0) {
        length = replace((unsigned char)*rest->bytes, rest->escape);
        taken = 1;
        *piece = rest->escape;
    }
    rest->bytes += taken;
    rest->length -= taken;
    return length;
}
