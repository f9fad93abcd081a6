/*
 * procfs.h - the processes of /proc.
 *
 * Only a /proc of our own pid namespace may be believed: in another one's the numbers mean other
 * processes. Everything here works without allocating; opendir(3) allocates. See proc(5).
 */
#ifndef PROCESS_PROCFS_H
#define PROCESS_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_NAME_MAX = 64 };

struct process {
    pid_t pid;
    pid_t parent;
    bool ended;   /* nothing of it runs any more: a zombie, or about to be gone */
    bool stopped; /* by a signal; as a tracee it is not */
    char name[PROCESS_NAME_MAX];
};

/* True if there is a /proc and it is our namespace's. */
bool procfs_is_ours(void);

/* The head of a file of /proc/PID, "/statm": as file_head(). */
ssize_t procfs_head(pid_t pid, const char *name, char *head, size_t size);

/* The number in the line that begins with the key, of a file such as "/status" or "/limits"; 0 if
 * something else stands there, and -1 if there is no such line, or it cannot be read. */
int64_t procfs_number(pid_t pid, const char *name, const char *key);

/* Reads what /proc says of a process; false if it is gone. One whose first thread has ended while
 * others live on is shown as Z, and is as alive as any other. */
bool procfs_read(pid_t pid, struct process *process);

/* Calls visit for the number of every process, until it returns false: then false as well, and *at
 * is where the next call goes on. At first, and when all have been visited, it is 0. Whoever is
 * forked meanwhile has a higher number, and is visited too, unless the numbers start again. */
bool procfs_walk(int *at, bool (*visit)(pid_t pid, void *context), void *context);

/* Calls visit for every process that can be read, until it returns false. */
void procfs_each(bool (*visit)(const struct process *process, void *context), void *context);

/* The number that our pid namespace gave away last, whosever /proc it is; 0 if that is not told.
 * *file is -1 at first, and from then on the file: the caller's alone, for threads may have tables
 * of descriptors of their own. */
pid_t procfs_last_pid(int *file);

/* True if the process descends from the ancestor: its child, or a child's child, and so on. */
bool procfs_descends(pid_t pid, pid_t ancestor);

/* The same for one that has been read. */
bool procfs_process_descends(const struct process *process, pid_t ancestor);

#endif
