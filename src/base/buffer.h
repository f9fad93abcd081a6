/*
 * buffer.h - bytes that come and go while foster runs: an answer that a client has not read, a line
 * without its end.
 *
 * Pages from the kernel and back to it: an empty buffer holds none. When there is no memory the
 * bytes are refused and the caller goes on with less. Each function: one thread at a time per
 * buffer, not a signal handler.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* The zero value is an empty buffer. */
struct buffer {
    char *bytes;
    size_t length;
    size_t room;
};

/* Appends; false, and nothing appended, if there is no memory. */
bool buffer_add(struct buffer *buffer, const char *bytes, size_t length);

/* Takes so many bytes off the front. The last one gives the pages back. */
void buffer_drop(struct buffer *buffer, size_t length);

#endif
