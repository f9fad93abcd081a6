/*
 * pidfds.h - the kernel's list of the registered children that have died. Internal to this room.
 *
 * SIGCHLDs coalesce, so after each one anybody may be dead; and when wait4(2) is asked for anybody,
 * the kernel looks at one child after the other, 0.2 us for each. Among a thousand that is half of
 * what a death costs. Here each registered child has a pidfd in one epoll set, and the kernel names
 * the dead. pidfd_open(2): Linux 5.3.
 *
 * The pidfds are the loop thread's, the one that calls children_sigchld_of(): nobody else opens or
 * closes one, for it may have a descriptor table of its own, in which no other thread's number
 * means the same. So other threads only note whom they have started, and a pidfd outlives its
 * child, until the loop thread comes by.
 *
 * The list ends with the first child that cannot be on it, and then all is as if it had never
 * begun.
 *
 * Caller holds the lock, everywhere. Any thread and signal handlers, except where it says
 * otherwise; nothing here allocates.
 */
#ifndef CHILDREN_PIDFDS_H
#define CHILDREN_PIDFDS_H

#include "foster.h"

/* Begins the list, if children_expect() has made room for it: those who are there already are to be
 * listed. */
void pidfds_begin(void);

/* True while there is a list. */
bool pidfds_are_used(void);

/* True while each registered child is on the list, or among those that have been noted. */
bool pidfds_are_complete(void);

/* Says that they are: all have been listed. Loop thread. */
void pidfds_complete(void);

/* Notes a child that has been registered, if there is a list. */
void pidfds_note(pid_t pid);

/* One that has been noted, and is so no longer; 0 if there are none. Loop thread. */
pid_t pidfds_take_noted(void);

/* Puts a child on the list. False if that cannot be: then the list is to end. Loop thread. */
bool pidfds_add(struct promise *child);

/* Takes one off again, if it is there. Loop thread. */
void pidfds_remove(struct promise *child);

/* Ends the list, when all who are registered have been taken off it. Loop thread. */
void pidfds_end(void);

/* Asks is_gone for those that the kernel says are dead, until there are none, or none that is gone:
 * whoever is, is taken off the list. Loop thread. */
void pidfds_reap(bool (*is_gone)(pid_t pid, int pidfd));

#endif
