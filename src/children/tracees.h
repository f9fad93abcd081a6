/*
 * tracees.h - children that have made us their tracer. Internal to this room.
 *
 * PTRACE_TRACEME needs nobody's consent; programs use it to keep debuggers out. From then on the
 * child stops at each signal and at its exec, and wait4(2) reports that whatever its options are
 * (wait_task_stopped() in kernel/exit.c). The tracer is not the process but the task that forked
 * the child, ptrace(2): for any other thread it does not exist.
 *
 * Caller holds the lock, everywhere. Any thread and signal handlers; nothing here allocates.
 */
#ifndef CHILDREN_TRACEES_H
#define CHILDREN_TRACEES_H

#include <stdbool.h>
#include <sys/types.h>

/* Lets a stopped child go on, with the signal that it stopped for and without us. False if it is no
 * tracee of this thread's, or stopped no longer. */
bool tracee_let_go(pid_t pid);

/* Notes one that is not in the registry: an orphan, or a thread of a child's, which has traced
 * itself. */
void tracees_note_stray(pid_t pid);

/* Lets go those that this thread can. True if others are left. */
bool tracees_let_go_strays(void);

#endif
