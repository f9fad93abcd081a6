/*
 * procfs.h - the processes of /proc, see proc(5).
 *
 * Only the /proc of foster's own pid namespace is of use: in another one's the pids are those of
 * other processes.
 *
 * For all of these: any thread; allocates nothing, unlike opendir(3).
 */
#ifndef PROCESS_PROCFS_H
#define PROCESS_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    INIT = 1, /* the pid of the first process of a namespace */
    PROCESS_NAME_MAX = 64,
};

struct process {
    pid_t pid;
    pid_t parent;
    bool ended;   /* all of its threads have: a zombie, or being removed */
    bool stopped; /* by a signal, not as a tracee */
    char name[PROCESS_NAME_MAX];
};

/* True if there is a /proc, and it is that of foster's pid namespace. */
bool procfs_is_ours(void);

/* Reads the head of a file of /proc/PID, such as "/statm": file_head(). */
ssize_t procfs_head(pid_t pid, const char *name, char *head, size_t size);

/* The number in the line that begins with the key, of a file such as "/status" or "/limits": 0 if
 * the value is not a number, -1 if there is no such line, or the file cannot be read. */
int64_t procfs_number(pid_t pid, const char *name, const char *key);

/* Reads /proc/PID/stat. False if there is no such process. One whose first thread has ended while
 * others run is shown as Z there; it has not ended. */
bool procfs_read(pid_t pid, struct process *process);

/* Calls visit for the pid of every process, until visit returns false: then it returns false as
 * well, and *at is where the next call continues. At first, and when all have been visited, *at is
 * 0. A process that is forked meanwhile has a higher pid, and is visited too, unless pids start
 * again from the lowest. */
bool procfs_walk(int *at, bool (*visit)(pid_t pid, void *context), void *context);

/* Calls visit for every process that can be read, until visit returns false. */
void procfs_each(bool (*visit)(const struct process *process, void *context), void *context);

/* The pid that foster's pid namespace has given last, also if /proc is another namespace's; 0 if
 * that is unknown. *file is -1 at first, then the open file. Each thread has its own: it may have
 * its own table of descriptors. */
pid_t procfs_last_pid(int *file);

/* True if a process is a descendant of another: its child, a child of that, and so on. */
bool procfs_descends(pid_t pid, pid_t ancestor);

/* The same for a process that has been read. */
bool procfs_process_descends(const struct process *process, pid_t ancestor);

#endif
