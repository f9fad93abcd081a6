/* The supervisors that the benchmark knows: their files for N equal services, their command line,
 * how they stop. */
#ifndef BENCH_KINDS_H
#define BENCH_KINDS_H

#include <stdbool.h>

struct kind;

/* The kind of a contestant: its name up to the first dash, so that `s6-new` is an s6. NULL if there
 * is none. */
const struct kind *kind_of(const char *name);

/* Writes the files of `count` services that run `program` into `directory`, for a run that will see
 * them in HERE. */
void arrange(const struct kind *kind, const char *directory, const char *program, int count);

/* Becomes the supervisor at `path`; returns only if that fails. */
void execute(const struct kind *kind, const char *path, const char *program, int count);

int stop_signal(const struct kind *kind);

#endif
