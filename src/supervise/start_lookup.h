/*
 * start_lookup.h - what a start looks up: the files of `env_file`, and each ${NAME} in its values.
 *
 * All of it happens in the child of the fork. Its memory is its own, and a file that is on a dead
 * network file system holds nothing up but this start. A start that lacks something fails, is
 * logged in one line, and is tried again as `restart` says: another service may yet make it.
 *
 * For all of these but the first: in the child, before its attributes are applied, as foster's own
 * user. Async-signal-safe. Memory comes from mmap(2), and is gone with the exec. False if something
 * is not there; the program has its error, failed step and reason then.
 */
#ifndef SUPERVISE_START_LOOKUP_H
#define SUPERVISE_START_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "process/spawn.h"

/* Sets the directory from which relative paths are meant: NULL for the root, or if it has no name.
 * Main thread, before the first start. */
void start_lookup_prepare(const char *start_directory);

/* Looks the user up that is given by a name, as it is now, and puts it in place of the old one. */
bool start_lookup_user(struct program *program, const struct user **user);

/* Gives the program its environment: foster's, then HOME, USER and LOGNAME of such a user, then the
 * entries before `place`, then those of the settings, then the entries from `place` on. A variable
 * sees those before it. A file of variables belongs to root or to the user. */
bool start_lookup_environment(struct program *program, const struct settings *settings,
                              const struct user *user, char *const *entries, size_t place,
                              size_t count);

/* Gives the program the words of the command, with the variables of its environment. */
bool start_lookup_command(struct program *program, const char *command);

/* Expands the variables of a path, which is absolute then; NULL stays NULL. */
bool start_lookup_path(struct program *program, const char **path);

/* Sets why the program cannot be started, "cannot STEP OBJECT: REASON". Returns false. */
bool start_lookup_fail(struct program *program, const char *step, const char *object,
                       const char *reason);

#endif
