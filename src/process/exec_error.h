/*
 * exec_error.h - why a program cannot be run.
 *
 * exec's ENOENT means at least four things, and the one that people meet in containers, a missing
 * interpreter or ELF loader, is the one that "No such file or directory" hides best. So the file is
 * looked at, after the fact.
 */
#ifndef PROCESS_EXEC_ERROR_H
#define PROCESS_EXEC_ERROR_H

#include "base/text.h"
#include "process/spawn.h"

/* Appends why exec of the command failed with that error number, and returns the exit code that
 * goes with it: EXIT_NOT_FOUND or EXIT_NOT_RUNNABLE. Reads the command's file, and nothing but
 * regular files; ordinary context, in one thread at a time, allocates nothing. */
int exec_error_explain(struct text *text, const char *name, int error);

/* The same for a program whose start has failed, by exec or by a step before it: "NAME: cannot
 * become its user: REASON", and EXIT_FOSTER_FAILED then. */
int exec_error_explain_start(struct text *text, const struct program *program);

#endif
