/*
 * buffer.h - bytes that wait while foster runs: an answer that a client has not read yet, a line of
 * output that has no end yet.
 *
 * The pages come from the kernel and go back to it; an empty buffer has none. All functions: one
 * thread at a time for each buffer; not async-signal-safe.
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

/* Appends the bytes. False, and the buffer as it was, if there is no memory. */
bool buffer_add(struct buffer *buffer, const char *bytes, size_t length);

/* Removes so many bytes from the front. An empty buffer gives its pages back. */
void buffer_drop(struct buffer *buffer, size_t length);

#endif
