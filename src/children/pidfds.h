/*
 * pidfds.h - the kernel's list of the registered children that have died. Internal to this room.
 *
 * SIGCHLDs coalesce, so after each one anybody may be dead; and when wait4(2) is asked for anybody, the kernel looks at
 * one child after the other, 0.2 us for each. Among a thousand that is half of what a death costs. Here every
 * registered child has a pidfd in one epoll set, and the kernel names the dead. That costs some 30 us a child, so there
 * is a list only where many are expected.
 *
 * It ends with the first child that cannot be on it, and then all is as if it had never begun. pidfd_open(2):
 * Linux 5.3.
 *
 * Caller holds the lock, everywhere. Any thread and signal handlers, except where it says otherwise; nothing here
 * allocates.
 */
#ifndef CHILDREN_PIDFDS_H
#define CHILDREN_PIDFDS_H

#include "foster.h"

/* Begins the list, if children_expect() has made room for it; each registered child is to be put on it now. Not a
 * signal handler. */
void pidfds_begin(void);

/* True while every registered child is on the list. */
bool pidfds_are_used(void);

/* Puts a child on the list, if there is one: it has been registered. Not a signal handler. */
void pidfds_add(struct promise *child);

/* Takes it off: it has been reaped. */
void pidfds_remove(const struct promise *child);

/* Calls reap for the dead on the list, until there are none, or none that it can reap: then it has said false. */
void pidfds_reap(bool (*reap)(pid_t pid));

#endif
