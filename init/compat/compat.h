/*
 * compat.h - the personality for the name that foster was called by.
 *
 * Called by the name of tini, dumb-init, catatonit or the pause program (a link is enough), foster
 * has the interface of that program: its options, environment variables, defaults, exit codes, and
 * the lines that scripts match on, each on the same stream. Each program has one file in this
 * folder, and no file outside knows its name (tests/rooms.py checks it). What a program does wrong
 * and no user can want, foster does right; foster(8), NAMES, lists these cases.
 */
#ifndef INIT_COMPAT_COMPAT_H
#define INIT_COMPAT_COMPAT_H

#include "personality.h"

/* The personality for the last part of argv[0]; foster's own for a name that no program has. */
const struct personality *compat_personality(const char *argv0);

#endif
