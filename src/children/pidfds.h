/*
 * pidfds.h - the kernel's list of the registered children that have ended. Internal to this room.
 *
 * SIGCHLDs coalesce, so after each one any child may have ended; and when wait4(2) is asked for any
 * child, the kernel looks at one child after the other, 0.2 us for each. Among a thousand children
 * that is half of what the end of one costs. With a list each registered child has a pidfd in one
 * epoll set, and the kernel names the children that have ended. pidfd_open(2): Linux 5.3.
 *
 * The pidfds belong to the signal loop, the thread that calls children_sigchld_of(): no other
 * thread opens or closes one, because it may have another descriptor table, in which the same
 * number means another file. So the other threads only note the children that they start, and the
 * pidfd of a child that has ended stays open until the signal loop closes it.
 *
 * The list ends when the first child cannot have a pidfd. From then on all is as without a list.
 *
 * Each function: Caller holds the lock. Any thread and signal handlers, unless it says "signal
 * loop". Allocates nothing.
 */
#ifndef CHILDREN_PIDFDS_H
#define CHILDREN_PIDFDS_H

#include "foster.h"

/* Begins the list, if children_expect() has made room for it. The children that exist already are
 * not on it yet. */
void pidfds_begin(void);

/* True while there is a list. */
bool pidfds_are_used(void);

/* True while each registered child is on the list or noted for it. */
bool pidfds_are_complete(void);

/* Makes the list complete: every registered child has been added. Signal loop. */
void pidfds_complete(void);

/* Notes a child that has been registered, if there is a list. */
void pidfds_note(pid_t pid);

/* Removes one child from the noted ones, and returns it; 0 if there is none. Signal loop. */
pid_t pidfds_take_noted(void);

/* Adds a child to the list. False if it cannot have a pidfd: then end the list. Signal loop. */
bool pidfds_add(struct promise *child);

/* Removes a child from the list, if it is there. Signal loop. */
void pidfds_remove(struct promise *child);

/* Ends the list. Remove all registered children before. Signal loop. */
void pidfds_end(void);

/* Calls is_reaped for the children that have ended, by the kernel's word, and removes those for
 * which it is true; until there are no more, or it was true for none of them. Signal loop. */
void pidfds_reap(bool (*is_reaped)(pid_t pid, int pidfd));

#endif
