/*
 * send_signal.c - see send_signal.h.
 *
 * The child that sends as another user has that user as its effective uid alone: that is enough to
 * send (kill(2)), and as its real and its saved uid stay foster's, that user may neither stop, kill
 * nor trace it. So it can be waited for.
 */
#include "process/send_signal.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/brief_child.h"
#include "process/user.h"
#include "process/wait_status.h"

enum { CAP_KILL = 5, CAP_SETUID = 7 }; /* capabilities(7); the kernel's header is not the libc's */

static const uid_t UNKNOWN = (uid_t)-1; /* and for setresuid(2): as it is */

static bool told_of_refusal;

/* ---- what may be done ---- */

static bool has_capability(unsigned number)
{
    enum { VERSION_3 = 0x20080522, WORDS = 2 };
    struct {
        uint32_t version;
        int pid;
    } header = {VERSION_3, 0};
    struct {
        uint32_t effective, permitted, inheritable;
    } sets[WORDS];
    return syscall(SYS_capget, &header, sets) == 0 && (sets[0].effective >> number & 1) != 0;
}

bool send_signal_is_unlimited(void)
{
    return has_capability(CAP_KILL);
}

/* The real uid. A program that root has set up is nobody's but its user's, and a set-uid one may
 * have changed it. */
static uid_t owner_of(pid_t pid)
{
    return procfs_is_ours() ? (uid_t)procfs_number(pid, "/status", "Uid:") : UNKNOWN;
}

/* ---- as another user ---- */

struct errand {
    int pidfd; /* -1: none, and the pid is meant as for kill(2) */
    pid_t pid;
    int signal;
    uid_t owner;
};

static int send(int pidfd, pid_t pid, int signal)
{
    bool sent = (pidfd == -1 ? kill(pid, signal)
                             : syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)) == 0;
    return sent ? 0 : errno;
}

/* In the child. */
static int send_in_child(void *context)
{
    const struct errand *errand = context;
    bool changed = syscall(SET_UIDS, UNKNOWN, errand->owner, UNKNOWN) == 0;
    return changed ? send(errand->pidfd, errand->pid, errand->signal) : EPERM;
}

/* The child that is meant, or NULL where the pidfd, or nothing, holds who is meant. Who was refused
 * may be reaped by now, and has no owner then. */
static int send_as_owner(struct errand *errand, pid_t pid, struct promise *child)
{
    errand->owner = owner_of(pid);
    if (errand->owner == UNKNOWN || !has_capability(CAP_SETUID))
        return send(-1, pid, 0) == ESRCH ? ESRCH : EPERM;
    return brief_child_run(send_in_child, errand, child, NEVER);
}

int send_signal_by_pidfd(int pidfd, pid_t pid, int signal)
{
    return send_as_owner(&(struct errand){.pidfd = pidfd, .pid = pid, .signal = signal}, pid, NULL);
}

siginfo_t *send_signal_value(siginfo_t *info, int signal, enum children_reach reach)
{
    if (info == NULL || info->si_code != SI_QUEUE || reach == REACH_GROUP)
        return NULL;
    info->si_signo = signal;
    return info;
}

int send_signal_to_child(struct promise *child, int signal, siginfo_t *info,
                         enum children_reach reach, bool *refused)
{
    siginfo_t *value = send_signal_value(info, signal, reach);
    int error = value != NULL ? children_queue(child, signal, value)
                              : children_signal(child, signal, reach);
    if (error == 0 && reach == REACH_GROUP && children_signal(child, 0, REACH_CHILD) == EPERM)
        error = EPERM; /* kill(2) does not say that one of a group was left out */
    if (refused != NULL)
        *refused = error == EPERM;
    if (error != EPERM)
        return error;
    struct errand errand = {.pidfd = -1, .signal = signal};
    errand.pid = reach == REACH_GROUP ? -child->pid : child->pid;
    return send_as_owner(&errand, child->pid, child);
}

/* ---- the line ---- */

void text_add_refused_signal(struct text *text, const char *name, pid_t pid, bool sent)
{
    uid_t owner = owner_of(pid);
    told_of_refusal = true;
    text_add(text, "may not signal %s (pid %d), which is ", name, pid);
    if (owner == UNKNOWN)
        text_add(text, "another user's");
    else
        text_add(text, "uid %jd's", (intmax_t)owner);
    text_add(text, ": %s",
             has_capability(CAP_KILL) ? "a security module forbids it" : "CAP_KILL is missing");
    text_add(text, "%s", sent ? "; signals are sent as that user" : "");
}

bool send_signal_refusal_is_said(void)
{
    return told_of_refusal;
}

/* ---- those who are meant ---- */

int send_signal_to_one(pid_t pid, int signal, process_filter *is_meant, void *context)
{
    struct process process = {.pid = pid, .parent = getpid()};
    int error = ESRCH, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd == -1 && errno == ESRCH)
        return ESRCH;
    enum kinship kinship = wait_status_kinship(pid);
    if (kinship == NO_CHILD)
        process.ended = !procfs_read(pid, &process) || process.ended;
    if (kinship != DEAD_CHILD && !process.ended && is_meant(&process, context))
        error = send(pidfd, pid, signal);
    if (error == EPERM && signal != 0)
        error = send_signal_by_pidfd(pidfd, pid, signal);
    if (pidfd != -1)
        close(pidfd);
    return error;
}

/* Who has been told: a bit for each remainder of a pid. Where pids are more than these, somebody
 * new may pass for told, if he was forked behind the walk's back as well. */
enum { TOLD_BITS = 32768, TOLD_WORD = 32 };

struct walk {
    process_filter *is_meant;
    void *context;
    int signal;
    milliseconds until;
    bool found_new;
    struct send_result sent;
    uint32_t told[TOLD_BITS / TOLD_WORD];
};

static void note_refused(struct send_result *sent, pid_t pid)
{
    if (sent->refused++ == 0)
        procfs_read(pid, &sent->refuser);
}

static void send_to(struct walk *walk, pid_t pid)
{
    unsigned bit = (unsigned)pid % TOLD_BITS;
    if ((walk->told[bit / TOLD_WORD] >> bit % TOLD_WORD & 1) != 0)
        return;
    int error = send_signal_to_one(pid, walk->signal, walk->is_meant, walk->context);
    if (error == ESRCH)
        return;
    if (error == EPERM)
        note_refused(&walk->sent, pid);
    walk->told[bit / TOLD_WORD] |= 1U << bit % TOLD_WORD;
    walk->sent.told |= error == 0;
    walk->found_new = true;
}

static bool visit(pid_t pid, void *context)
{
    struct walk *walk = context;
    if (wait_status_kinship(pid) == DEAD_CHILD)
        children_sigchld();
    else
        send_to(walk, pid);
    return (walk->signal != 0 || !walk->sent.told) && clock_now() < walk->until;
}

struct send_result send_signal_to_all(int signal, milliseconds until, process_filter *is_meant,
                                      void *context)
{
    struct walk walk = {.is_meant = is_meant, .context = context, .signal = signal, .until = until};
    bool is_whole;
    do {
        walk.found_new = false;
        is_whole = procfs_go_on(&(int){0}, visit, &walk);
    } while (is_whole && walk.found_new);
    walk.sent.told |= !is_whole;
    return walk.sent;
}
