/* json.c - see json.h. */
#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

enum { ASCII_END = 0x80 };

/* The number of bytes at the front that need no escape. */
static size_t plain_length(const unsigned char *bytes, size_t length)
{
    size_t plain = 0, step;
    while (plain < length && bytes[plain] >= ' ' && bytes[plain] != '"' && bytes[plain] != '\\' &&
           (step = utf8_length(bytes + plain, length - plain)) > 0)
        plain += step;
    return plain;
}

/* Writes the escape for a byte. Returns its length. */
static size_t replace(unsigned char byte, char escape[JSON_ESCAPE])
{
    static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt",
                      digits[] = "0123456789abcdef";
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
