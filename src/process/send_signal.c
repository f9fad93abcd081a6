/*
 * send_signal.c - see send_signal.h.
 *
 * The child that sends as another user takes that user as its effective uid alone. That is enough
 * to send (kill(2)), and as its real and saved uid stay foster's, that user may neither stop, kill
 * nor trace it. So foster can wait for it.
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

enum { CAP_KILL = 5, CAP_SETUID = 7 }; /* capabilities(7); musl has not the kernel's header */

static const uid_t UNKNOWN = (uid_t)-1; /* for setresuid(2): no change */

static bool refusal_is_said;

/* ---- what is allowed ---- */

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

/* The real uid: a set-uid program may have changed the others. */
static uid_t owner_of(pid_t pid)
{
    return procfs_is_ours() ? (uid_t)procfs_number(pid, "/status", "Uid:") : UNKNOWN;
}

/* ---- as the owner ---- */

struct delegated_signal {
    int pidfd; /* -1: none, and the pid is one of kill(2) */
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

/* In the child. Async-signal-safe. */
static int send_in_child(void *context)
{
    const struct delegated_signal *delegated = context;
    bool changed = syscall(SET_UIDS, UNKNOWN, delegated->owner, UNKNOWN) == 0;
    return changed ? send(delegated->pidfd, delegated->pid, delegated->signal) : EPERM;
}

/* `child` is the child of foster that is signalled, or NULL. The process may be reaped since it was
 * refused: then it has no owner, and the error is ESRCH. */
static int send_as_owner(struct delegated_signal *delegated, pid_t pid, struct promise *child)
{
    delegated->owner = owner_of(pid);
    if (delegated->owner == UNKNOWN || !has_capability(CAP_SETUID))
        return send(-1, pid, 0) == ESRCH ? ESRCH : EPERM;
    return brief_child_run(send_in_child, delegated, child, NEVER);
}

int send_signal_by_pidfd(int pidfd, pid_t pid, int signal)
{
    struct delegated_signal delegated = {.pidfd = pidfd, .pid = pid, .signal = signal};
    return send_as_owner(&delegated, pid, NULL);
}

/* ---- to a child ---- */

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
    /* kill(2) succeeds if one process of the group got the signal, though the child was refused. */
    if (error == 0 && reach == REACH_GROUP && children_signal(child, 0, REACH_CHILD) == EPERM)
        error = EPERM;
    if (refused != NULL)
        *refused = error == EPERM;
    if (error != EPERM)
        return error;
    struct delegated_signal delegated = {.pidfd = -1, .signal = signal};
    delegated.pid = reach == REACH_GROUP ? -child->pid : child->pid;
    return send_as_owner(&delegated, child->pid, child);
}

bool send_signal_is_refused(int error)
{
    return error != 0 && error != ESRCH;
}

/* ---- the message about a refusal ---- */

void send_signal_append_refusal(struct text *text, const char *name, pid_t pid, bool sent)
{
    uid_t owner = owner_of(pid);
    refusal_is_said = true;
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
    return refusal_is_said;
}

/* ---- to processes that are found ---- */

int send_signal_to_one(pid_t pid, int signal, process_filter *is_target, void *context)
{
    struct process process = {.pid = pid, .parent = getpid()};
    int error = ESRCH, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd == -1 && errno == ESRCH)
        return ESRCH;
    enum child_state state = wait_status_child_state(pid);
    if (state == NO_CHILD)
        process.ended = !procfs_read(pid, &process) || process.ended;
    if (state != ZOMBIE_CHILD && !process.ended && is_target(&process, context))
        error = send(pidfd, pid, signal);
    if (error == EPERM && signal != 0)
        error = send_signal_by_pidfd(pidfd, pid, signal);
    if (pidfd != -1)
        close(pidfd);
    return error;
}

/* The processes that a walk has signalled: a bit for each remainder of a pid. Where pids are higher
 * than that, a new process may have the bit of another, and is left out then; that takes a fork
 * behind the walk as well. */
enum { SIGNALLED_BITS = 32768, SIGNALLED_WORD = 32 };

struct walk {
    process_filter *is_target;
    void *context;
    int signal;
    milliseconds until;
    bool found_new;
    struct send_result result;
    uint32_t signalled[SIGNALLED_BITS / SIGNALLED_WORD];
};

static void note_refused(struct send_result *result, pid_t pid)
{
    if (result->refused++ == 0)
        procfs_read(pid, &result->first_refused);
}

static void signal_once(struct walk *walk, pid_t pid)
{
    unsigned bit = (unsigned)pid % SIGNALLED_BITS;
    if ((walk->signalled[bit / SIGNALLED_WORD] >> bit % SIGNALLED_WORD & 1) != 0)
        return;
    int error = send_signal_to_one(pid, walk->signal, walk->is_target, walk->context);
    if (error == ESRCH)
        return;
    if (error == EPERM)
        note_refused(&walk->result, pid);
    walk->signalled[bit / SIGNALLED_WORD] |= 1U << bit % SIGNALLED_WORD;
    walk->result.is_sent |= error == 0;
    walk->found_new = true;
}

static bool signal_visited(pid_t pid, void *context)
{
    struct walk *walk = context;
    if (wait_status_child_state(pid) == ZOMBIE_CHILD)
        children_sigchld();
    else
        signal_once(walk, pid);
    return (walk->signal != 0 || !walk->result.is_sent) && clock_now() < walk->until;
}

struct send_result send_signal_to_all(int signal, milliseconds until, process_filter *is_target,
                                      void *context)
{
    struct walk walk = {
        .is_target = is_target, .context = context, .signal = signal, .until = until};
    bool is_complete;
    do {
        walk.found_new = false;
        is_complete = procfs_walk(&(int){0}, signal_visited, &walk);
    } while (is_complete && walk.found_new);
    walk.result.is_sent |= !is_complete;
    return walk.result;
}
