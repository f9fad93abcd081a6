/*
 * brief_child.h - a child that does one thing for foster with ids that foster itself never takes,
 * or where foster must not wait. It is reaped here, under the registry's lock, so nobody else takes
 * its status.
 */
#ifndef PROCESS_BRIEF_CHILD_H
#define PROCESS_BRIEF_CHILD_H

#include "base/clock.h"
#include "children/foster.h"

/*
 * Runs act(context) in a child, which may make system calls only, and returns what it returns: 0 or
 * an error number; or the error of the fork. ESRCH if `alive` is a child that is reaped by then:
 * its pid may be another's. NULL: nobody.
 *
 * After `most` the child is killed, and it is ETIMEDOUT; NEVER where nobody can make it wait.
 * Allocates nothing.
 */
int brief_child_run(int (*act)(void *context), void *context, struct promise *alive,
                    milliseconds most);

#endif
