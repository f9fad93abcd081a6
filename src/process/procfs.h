/*
 * procfs.h - the processes of /proc.
 *
 * Only a /proc of our own pid namespace may be believed: in another one's the numbers mean other processes. Everything
 * here works without allocating; opendir(3) allocates. See proc(5).
 */
#ifndef PROCESS_PROCFS_H
#define PROCESS_PROCFS_H

#include <stdbool.h>
#include <sys/types.h>

enum { PROCESS_NAME_MAX = 64, PROCESS_ZOMBIE = 'Z' };

struct process {
    pid_t pid;
    pid_t parent;
    char state; /* as ps shows it: R, S, D, T, Z */
    char name[PROCESS_NAME_MAX];
};

/* True if there is a /proc and it is our namespace's. */
bool procfs_is_ours(void);

/* Reads what /proc says of a process; false if it is gone. */
bool procfs_read(pid_t pid, struct process *process);

/* Calls visit for every process that can be read, until it returns false. */
void procfs_each(bool (*visit)(const struct process *process, void *context), void *context);

/* Sends a signal to a process if it is meant. A pidfd holds it while that is asked: a pid recycled in between is never
 * hit. Where there are no pidfds (before Linux 5.3, or refused), the question and the kill are as close as they get.
 * True if it was sent. */
bool procfs_signal(const struct process *process, int signal,
                   bool (*is_meant)(const struct process *process, void *context), void *context);

/* True if the process descends from the ancestor: its child, or a child's child, and so on. */
bool procfs_descends(pid_t pid, pid_t ancestor);

#endif
