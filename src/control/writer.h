/*
 * writer.h - an answer that grows as it is written.
 *
 * When memory runs out the writer remembers it, so that its users check once, at the end.
 * Supervisor's thread.
 */
#ifndef CONTROL_WRITER_H
#define CONTROL_WRITER_H

#include <stdbool.h>

#include "base/buffer.h"

struct writer {
    struct buffer buffer;
    bool failed; /* there was no memory, so a part is missing */
};

/* Appends the form. In it these stand for the arguments, in their order:
 *
 *   %s  a string, as it is; null for NULL
 *   %q  a string in quotes, as JSON and OpenMetrics have it; null for NULL
 *   %d  an int64_t in decimal; null for a negative one, see UNKNOWN in property.h */
void writer_add(struct writer *writer, const char *form, ...);

#endif
