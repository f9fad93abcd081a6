/*
 * tracees.h - children that have made us their tracer. Internal to this room.
 *
 * PTRACE_TRACEME needs no consent of the parent; programs use it to keep debuggers out. From then
 * on the child stops at each signal and at its exec, and wait4(2) reports that whatever its options
 * are (wait_task_stopped() in kernel/exit.c). The tracer is not the process but the thread that
 * forked the child, ptrace(2): for any other thread the tracee does not exist. To let a child go is
 * to detach from it (PTRACE_DETACH): it continues, with the signal that it stopped for, and is not
 * traced any more.
 *
 * Each function: Caller holds the lock. Any thread and signal handlers; allocates nothing.
 */
#ifndef CHILDREN_TRACEES_H
#define CHILDREN_TRACEES_H

#include <stdbool.h>
#include <sys/types.h>

/* Lets a stopped child go. False if this thread is not its tracer, or if it is not stopped any
 * more.
 */
bool tracees_let_go(pid_t pid);

/* Notes a stopped tracee that is not in the registry: an orphan, or a thread of a child that traces
 * itself. */
void tracees_note_stray(pid_t pid);

/* Lets go the noted strays whose tracer this thread is. True if others are left. */
bool tracees_let_go_strays(void);

#endif
