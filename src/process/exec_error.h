/*
 * exec_error.h - why a program cannot be run.
 *
 * ENOENT of execve(2) has at least four meanings. The one that is most frequent in containers, a
 * missing interpreter or ELF loader, cannot be guessed from "No such file or directory". So after a
 * failed exec the file is examined.
 *
 * For both: one thread at a time, not a signal handler; allocates nothing; may block for as long as
 * reading a file does.
 */
#ifndef PROCESS_EXEC_ERROR_H
#define PROCESS_EXEC_ERROR_H

#include "base/text.h"
#include "process/spawn.h"

/* Appends why exec of the command has failed with that error number, and returns the exit code for
 * it: EXIT_NOT_FOUND or EXIT_NOT_RUNNABLE. Opens no files but regular ones. */
int exec_error_explain(struct text *text, const char *name, int error);

/* The same for a program whose start has failed, by exec or by a step before it. For such a step it
 * appends "NAME: cannot become its user: REASON", and the exit code is EXIT_FOSTER_FAILED. */
int exec_error_explain_start(struct text *text, const struct program *program);

#endif
