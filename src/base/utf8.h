/* utf8.h - valid UTF-8, RFC 3629: no overlong forms, no surrogates, no incomplete characters. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/* The length of the character at the front, or 0 if it is incomplete or not valid. There is at
 * least one byte. Async-signal-safe; allocates nothing. */
size_t utf8_length(const unsigned char *bytes, size_t left);

#endif
