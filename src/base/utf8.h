/* utf8.h - which bytes are text. RFC 3629: no overlong forms, no surrogates, nothing cut short. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/* The length of the character at the front, or 0 if there is none whole and valid. At least one
 * byte is left. Any thread and signal handlers; allocates nothing. */
size_t utf8_length(const unsigned char *bytes, size_t left);

#endif
