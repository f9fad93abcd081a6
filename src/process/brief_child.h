/*
 * brief_child.h - a child that makes a few system calls for foster: with ids that foster itself
 * never takes, or calls that may block. It is reaped here, with the lock of the registry held, so
 * that the reaper does not take its wait status.
 */
#ifndef PROCESS_BRIEF_CHILD_H
#define PROCESS_BRIEF_CHILD_H

#include "base/clock.h"
#include "children/foster.h"

/*
 * Runs act(context) in a child and returns its result, 0 or an error number; or the error of the
 * fork. act must be async-signal-safe. `unreaped` is a child whose pid act uses: if it is reaped,
 * the pid may be another process's, and the result is ESRCH; NULL: there is none.
 *
 * After the timeout the brief child is killed, and the result is ETIMEDOUT; NEVER for an act that
 * cannot block. Any thread, not a signal handler; takes the children's lock; allocates nothing.
 */
int brief_child_run(int (*act)(void *context), void *context, struct promise *unreaped,
                    milliseconds timeout);

#endif
