/*
 * send_signal.h - signals to children, to processes that are found in /proc, and to processes that
 * kill(2) refuses to foster.
 *
 * Without CAP_KILL a process may signal another only if its real or effective uid is the other's
 * real or saved one: kill(2). So a root without CAP_KILL cannot end a program of another user, and
 * another user cannot end a set-uid program that has become root. With CAP_SETUID the signal is
 * sent as the owner, by a child that lives for two system calls; foster itself never changes its
 * ids. Without it the signal is refused for good: that is said once, and each deadline is kept
 * without the signal.
 *
 * For all of these: any thread, not a signal handler; allocates nothing.
 */
#ifndef PROCESS_SEND_SIGNAL_H
#define PROCESS_SEND_SIGNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/text.h"
#include "children/foster.h"
#include "process/procfs.h"

/* ---- to a child ---- */

/*
 * The value that is to be queued with a signal which came as *info and is forwarded: *info, made
 * ready for rt_sigqueueinfo(2). NULL if the signal carried no value, is foster's own (info is
 * NULL), or goes to a group: the kernel queues values for one process alone.
 */
siginfo_t *send_signal_value(siginfo_t *info, int signal, enum children_reach reach);

/*
 * Sends a child, or its group, a signal that came as *info and is forwarded, or one of foster's own
 * (info is NULL). A forwarded signal keeps its value, unless the value cannot be queued or kill(2)
 * fails with EPERM. After EPERM the signal is sent as the owner of the child, and *refused, which
 * may be NULL, is set. Returns 0; EPERM if the owner is refused too; ESRCH if the child is reaped;
 * or another error number. Takes the lock of the registry; after a refusal it also forks, and holds
 * the lock for some 60 us.
 */
int send_signal_to_child(struct promise *child, int signal, siginfo_t *info,
                         enum children_reach reach, bool *refused);

/* True for an error that means: the process is there, and the signal cannot be sent to it. EPERM,
 * or any other error that a seccomp filter returns. Not ESRCH. */
bool send_signal_is_refused(int error);

/* ---- to a process that refuses it ---- */

/* True if foster has CAP_KILL, and so may signal every process of its namespaces. */
bool send_signal_is_unlimited(void);

/* Sends a signal to a process that a pidfd holds, child or not, as the owner of the process.
 * Returns as send_signal_to_child(). */
int send_signal_by_pidfd(int pidfd, pid_t pid, int signal);

/* Appends "may not signal NAME (pid 7), which is uid 1000's: CAP_KILL is missing", and, if `sent`,
 * that it is sent as that user. */
void send_signal_append_refusal(struct text *text, const char *name, pid_t pid, bool sent);

/* True if that has been appended before: for processes that are no service it is said once. */
bool send_signal_refusal_is_said(void);

/* ---- to processes that are found ---- */

/* True for a process that is to get the signal. It is running; of a child of foster only the pid
 * and the parent are known. */
typedef bool process_filter(const struct process *process, void *context);

/*
 * Sends a running process a signal if the filter takes it: 0, ESRCH if there is none or it is not
 * taken, or EPERM. A pidfd holds the process meanwhile, so that a recycled pid is never signalled;
 * without pidfds (Linux before 5.3, or refused) the check and the kill follow each other at once.
 * Where it is refused, it is sent as the owner of the process.
 */
int send_signal_to_one(pid_t pid, int signal, process_filter *is_target, void *context);

struct send_result {
    bool is_sent; /* to one process at least; also if there was no time to look at all of them */
    int refused;  /* the number of processes that it could not be sent to, and ... */
    struct process first_refused;
};

/*
 * Sends each process of /proc that the filter takes a signal, once: the walk is repeated until it
 * finds no new one, for a fork behind it is not seen; or until the deadline, for a process that
 * forks without end has always a new one. With signal 0 it ends at the first process that could be
 * signalled. Foster's zombies are reaped on the way: /proc may be full of them.
 */
struct send_result send_signal_to_all(int signal, milliseconds until, process_filter *is_target,
                                      void *context);

#endif
