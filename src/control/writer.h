/*
 * writer.h - an answer while it is put together.
 *
 * When memory runs out the writer remembers it, so that those who write need not ask after every
 * word. Supervisor's thread.
 */
#ifndef CONTROL_WRITER_H
#define CONTROL_WRITER_H

#include <stdbool.h>

#include "base/buffer.h"

struct writer {
    struct buffer buffer;
    bool failed; /* something is missing */
};

/* Appends the form, in which these stand for the arguments, in their order:
 *   %s  a string, as it is
 *   %q  a string in quotes, as JSON has it, which is also how OpenMetrics has it; or null for NULL
 *   %d  an int64_t in decimal; or null for a negative one, see facts.h */
void writer_add(struct writer *writer, const char *form, ...);

#endif
