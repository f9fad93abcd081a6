/*
 * json.h - bytes become the inside of a JSON string.
 *
 * Piece by piece, so that whoever writes them needs no second copy. RFC 8259: quotes, backslashes
 * and control characters are escaped. Each byte that is not part of valid UTF-8 (utf8.h) becomes
 * U+FFFD, for a reader would refuse the object otherwise.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stddef.h>

enum { JSON_ESCAPE = sizeof "\\u0000" - 1 };

/* What is left of the bytes; set the first two members. */
struct json_rest {
    const char *bytes;
    size_t length;
    char escape[JSON_ESCAPE];
};

/* Takes the next piece off: its length, 0 at the end. *piece is good until the next call. Any
 * thread and signal handlers; allocates nothing. */
size_t json_next(struct json_rest *rest, const char **piece);

#endif
