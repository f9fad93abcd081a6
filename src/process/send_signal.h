/*
 * send_signal.h - signals to processes that are found in /proc, and to those that kill(2) refuses
 * us.
 *
 * Without CAP_KILL one may signal whose real or saved uid is one's own, kill(2). So a root without
 * it cannot end a main or a service of another user; and nobody else can end a set-uid program that
 * has become root. Where there is CAP_SETUID the signal is sent as that user, by a child that lives
 * for two system calls; foster itself never changes its ids. Where there is not, it is refused for
 * good: it is said, and whoever has a deadline keeps it without.
 *
 * For all of these: ordinary context; nothing is allocated.
 */
#ifndef PROCESS_SEND_SIGNAL_H
#define PROCESS_SEND_SIGNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/text.h"
#include "children/foster.h"
#include "process/procfs.h"

/* True if nobody of our namespaces is refused to us: CAP_KILL. */
bool send_signal_is_unlimited(void);

/*
 * The value that is to be queued with a signal which came as *info and is passed on: *info, made
 * ready for rt_sigqueueinfo(2), or NULL if there is none. It came without one, was not received at
 * all (info is NULL), or goes to a group: the kernel queues values for one process alone.
 */
siginfo_t *send_signal_value(siginfo_t *info, int signal, enum children_reach reach);

/*
 * Sends a child, or its group, a signal that came as *info and is passed on, or one of foster's own
 * (info is NULL). It keeps its value, but goes without where it cannot be queued or is refused.
 * Where children_signal() is refused, it is sent as the user who owns the child. 0 or an error
 * number, EPERM where that cannot be either. *refused, which may be NULL, is set if it was refused.
 * Any thread but a reaper; takes the children's lock, where it is refused for a fork, some 60 us.
 */
int send_signal_to_child(struct promise *child, int signal, siginfo_t *info,
                         enum children_reach reach, bool *refused);

/* For a process that is held by a pidfd, also one that is not our child, and has refused us: as the
 * user whose it is. The same. */
int send_signal_by_pidfd(int pidfd, pid_t pid, int signal);

/* Appends "may not signal NAME (pid 7), which is uid 1000's: CAP_KILL is missing", and whether it
 * is signalled all the same, as that user. */
void text_add_refused_signal(struct text *text, const char *name, pid_t pid, bool sent);

/* True if that has been appended before: it is said once of those that nobody knows by name. */
bool send_signal_refusal_is_said(void);

/* Who lives, of which *process tells; of foster's own child only whose that is. */
typedef bool process_filter(const struct process *process, void *context);

/*
 * Sends a process a signal, if it lives and is meant. A pidfd holds it while that is asked: a pid
 * recycled in between is never hit. Where there are no pidfds (before Linux 5.3, or refused), the
 * question and the kill are as close as they get. Where it is refused it is sent as the user whose
 * the process is. 0, ESRCH if it is nobody, or EPERM.
 */
int send_signal_to_one(pid_t pid, int signal, process_filter *is_meant, void *context);

/* Whom a signal went to. */
struct send_result {
    bool told;              /* somebody, or perhaps: not everybody could be looked at in time */
    int refused;            /* how many it could not be sent to, and ... */
    struct process refuser; /* ... the first of them */
};

/*
 * Sends a signal to everybody in /proc who is meant, each once: the walk is repeated until it finds
 * nobody new, for who forks where it has been is not seen there; or until the deadline, for who
 * forks without end is new for ever. With 0 it ends at the first whom a signal could be sent to.
 * Foster's own dead are reaped: they could be most of what there is.
 */
struct send_result send_signal_to_all(int signal, milliseconds until, process_filter *is_meant,
                                      void *context);

#endif
