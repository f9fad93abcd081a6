/*
 * leftovers.h - what the last run of a service has left behind: daemons of its own, helpers that nobody waits for.
 *
 * They would hold the port and the lock that the next run needs. A process group alone does not find them: who calls
 * setsid has left it. So each run carries a mark that no program looks at: its soft RLIMIT_LOCKS, which has had no
 * effect since Linux 2.6 (getrlimit(2)), is inherited by everything that it starts, also as another user, and can be
 * read by anybody in /proc/PID/limits ("Max file locks"). The mark must be a number of the service's own among all that
 * live below foster.
 */
#ifndef PROCESS_LEFTOVERS_H
#define PROCESS_LEFTOVERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Puts the mark on the caller. In the child, async-signal-safe; where a hard limit forbids it there is no mark. */
void leftovers_mark(unsigned mark);

/* The mark of a process; 0 if it has none, or /proc does not tell. Any thread. */
int64_t leftovers_mark_of(pid_t pid);

/*
 * Sends a signal, 0 sends none, to everybody who is left of an ended run: the living of its process group, and those
 * below foster who carry its mark. True if there is anybody whom it can be sent to. Self is foster's own pid.
 *
 * No process that foster started for the service may run at that time, no probe and no stop command: they carry the
 * mark too. The group's leader must be reaped. Costs one system call when no orphan is below foster, else a walk of
 * /proc; without /proc only the group is found. Supervisor's thread: it keeps a file open. Allocates nothing.
 */
bool leftovers_signal(pid_t self, pid_t group, unsigned mark, int signal);

#endif
