/*
 * run_mark.h - the remaining processes of a run that has ended: daemons that the service has
 * started, helpers that it has not waited for.
 *
 * They would keep the port and the lock that the next run needs. The process group alone does not
 * tell them, as a process leaves it by setsid(2). So all processes of a service bear a mark in a
 * place that no program uses: the soft limit RLIMIT_LOCKS. It has had no effect since Linux 2.6
 * (getrlimit(2)), is inherited, also by processes that change their user, and every user can read
 * it in /proc/PID/limits ("Max file locks"). The mark of a service differs from those of all others
 * that run below foster.
 */
#ifndef PROCESS_RUN_MARK_H
#define PROCESS_RUN_MARK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Sets the mark of the calling process. Async-signal-safe, for the child before its exec. Where
 * that is impossible the process has no mark, run_mark_check(). */
void run_mark_set(unsigned mark);

/* Logs a warning if foster cannot set marks up to this number in its children: the hard limit is
 * lower, or a seccomp filter forbids it. Call it once, before the first start. */
void run_mark_check(unsigned highest);

/* The mark of a process; 0 if it has none, or if /proc cannot be read. Any thread. */
int64_t run_mark_of(pid_t pid);

/* A run that has ended. */
struct ended_run {
    pid_t self;    /* foster's pid */
    pid_t group;   /* the process group, whose leader is reaped; 0 once the number is used again */
    unsigned mark; /* 0: none */
};

/* A walk through /proc. It is made in turns, as a run with many processes, or one that forks
 * without end, must not delay other services. It begins with zeros, but for the signal. */
struct run_mark_walk {
    int at;               /* where the next turn begins; 0: the walk has not begun, or is over */
    unsigned char signal; /* what it sends: SIGTERM (and SIGCONT), SIGKILL, or 0 to only search */
    bool has_found;       /* a remaining process, so far */
};

/*
 * Makes one turn of the walk, of some 20 ms at most. It visits the living processes of the run's
 * group, and those below foster that bear its mark. False if the walk is over and its signal could
 * be sent to no process. After a walk that has found one the next call begins another: to kill
 * after SIGKILL, else to search, as one walk may miss a process that is forked meanwhile.
 *
 * The other processes that foster has started for the service, a probe or a stop command, bear the
 * mark as well: none may run, unless it is to be killed. Costs one system call if foster has no
 * orphans; without /proc only the group is found. Supervisor's thread, as it keeps a file open;
 * allocates nothing.
 */
bool run_mark_look(struct ended_run *run, struct run_mark_walk *walk);

/* Kills one process if it bears that mark and is below foster; the run need not have ended. */
void run_mark_kill_one(pid_t self, unsigned mark, pid_t pid);

#endif
