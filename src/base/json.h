/*
 * json.h - bytes as the inside of a JSON string.
 *
 * They are returned piece by piece, so that the caller needs no second copy of them. Quotes,
 * backslashes and control characters are escaped (RFC 8259, section 7). Each byte that is not part
 * of valid UTF-8 (utf8.h) becomes U+FFFD, because a reader would refuse the whole object.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stddef.h>

enum { JSON_ESCAPE = sizeof "\\u0000" - 1 };

/* The bytes that are still to come. The caller sets the first two members. */
struct json_rest {
    const char *bytes;
    size_t length;
    char escape[JSON_ESCAPE];
};

/* Takes the next piece from the front. Returns its length, 0 at the end. *piece is valid until the
 * next call. Async-signal-safe; allocates nothing. */
size_t json_next(struct json_rest *rest, const char **piece);

#endif
