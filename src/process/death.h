/*
 * death.h - the line that says how main ended.
 *
 * An exit status main chose itself, and main has its own stderr to explain it; a signal it did not choose. So the line
 * is written for a death by a signal that foster did not pass on, and as information otherwise. Kubernetes and others
 * read it from a termination log as well.
 */
#ifndef PROCESS_DEATH_H
#define PROCESS_DEATH_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/text.h"

/* Where Kubernetes looks for the last words of a container. */
#define TERMINATION_LOG "/dev/termination-log"

struct death {
    const char *name; /* of the program, as it was called */
    pid_t pid;
    int status; /* of waitpid(2) */
    milliseconds lifetime;
    bool expected; /* the signal that killed it is one we sent or passed on */
};

/* Appends what there is to say. Ordinary context, allocates nothing. */
void text_add_death(struct text *text, const struct death *death);

/* Writes the line to the termination log, if that file is there and still empty: what main wrote is kept. */
void termination_log_write(const char *path, const struct text *line);

#endif
