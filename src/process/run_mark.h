/*
 * run_mark.h - what the last run of a service has left behind: daemons of its own, helpers that
 * nobody waits for.
 *
 * They would hold the port and the lock that the next run needs. A process group alone does not
 * find them: who calls setsid has left it. So each run carries a mark that no program looks at: its
 * soft RLIMIT_LOCKS, which has had no effect since Linux 2.6 (getrlimit(2)), is inherited by
 * everything that it starts, also as another user, and can be read by anybody in /proc/PID/limits
 * ("Max file locks"). The mark must be a number of the service's own among all that live below
 * foster.
 */
#ifndef PROCESS_RUN_MARK_H
#define PROCESS_RUN_MARK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Puts the mark on the caller. In the child, async-signal-safe; where a hard limit forbids it there
 * is no mark. */
void run_mark_set(unsigned mark);

/* The mark of a process; 0 if it has none, or /proc does not catalogue_say. Any thread. */
int64_t run_mark_of(pid_t pid);

/* An ended run, and foster's own pid. */
struct ended_run {
    pid_t self, group; /* its leader is reaped; 0 once the number is another's */
    unsigned mark;     /* or 0 */
};

/* A walk through /proc that is made in turns: whoever has many processes, or forks without end,
 * holds up nobody else. All zero but for the signal: it begins. */
struct run_mark_walk {
    int at;               /* where its next turn begins; 0: it has not begun, or is over */
    unsigned char signal; /* that it sends; TERM is followed by CONT; 0: none, it is to find out
                             whether anybody is left */
    bool has_found;       /* somebody */
};

/*
 * A turn of such a walk, of some 20 ms at most, along everybody who is left of the run: the living
 * of its process group, and those below foster who carry its mark. False if it is over, and has
 * found nobody whom its signal could be sent to; else the next call goes on, or begins anew: to
 * kill where it has killed, else to find out. For who forks while he is walked to is not found each
 * time.
 *
 * No process that foster started for the service may run at that time, no probe and no stop
 * command, unless it is to be killed as well: they carry the mark too. Costs one system call when
 * no orphan is below foster; without /proc only the group is found. Supervisor's thread: it keeps a
 * file open. Allocates nothing.
 */
bool run_mark_look(struct ended_run *run, struct run_mark_walk *walk);

/* Kills one process, if it carries the mark of a run that need not have ended, and is below foster.
 */
void run_mark_kill_one(pid_t self, unsigned mark, pid_t pid);

#endif
