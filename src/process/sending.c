/*
 * sending.c - see sending.h.
 *
 * The child that sends as another user has that user as its effective uid alone: that is enough to send (kill(2)), and
 * as its real and its saved uid stay foster's, that user may neither stop, kill nor trace it. So it can be waited for.
 */
#include "process/sending.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/status.h"

/* The raw call: the libc's changes every thread of foster. Where uids had 16 bits once, there is one for 32. */
#ifdef SYS_setresuid32
enum { SET_UIDS = SYS_setresuid32 };
#else
enum { SET_UIDS = SYS_setresuid };
#endif

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

bool sending_is_unlimited(void)
{
    return has_capability(CAP_KILL);
}

/* The real uid. A program that root has set up is nobody's but its user's, and a set-uid one may have changed it. */
static uid_t owner_of(pid_t pid)
{
    return procfs_is_ours() ? (uid_t)procfs_number(pid, "/status", "Uid:") : UNKNOWN;
}

/* ---- as another user ---- */

struct errand {
    struct promise *child; /* NULL: who is meant is held by the pidfd, or by nothing */
    int pidfd;             /* -1: none */
    pid_t pid;             /* as for kill(2) */
    int signal;
    uid_t owner;
    int error;
};

static int send(int pidfd, pid_t pid, int signal)
{
    bool sent = (pidfd == -1 ? kill(pid, signal) : syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)) == 0;
    return sent ? 0 : errno;
}

/* In the child: nothing but system calls. */
static _Noreturn void send_and_exit(const struct errand *errand)
{
    bool changed = syscall(SET_UIDS, UNKNOWN, errand->owner, UNKNOWN) == 0;
    _exit(changed ? send(errand->pidfd, errand->pid, errand->signal) : EPERM);
}

/* Under the children's lock: nobody reaps meanwhile, neither the one it is sent to nor the one that sends. The latter
 * is reaped here, so that there is no child left to be registered. */
static pid_t send_by_child(void *context)
{
    struct errand *errand = context;
    int status = 0;
    pid_t sender = -1;
    errno = ESRCH;
    if (errand->child == NULL || !children_resolved(errand->child, NULL))
        sender = _Fork();
    if (sender == 0)
        send_and_exit(errand);
    errand->error = errno;
    if (sender == -1)
        return -errand->error;
    while (waitpid(sender, &status, 0) == -1 && errno == EINTR)
        ;
    errand->error = status_code(status);
    return -ECHILD;
}

static int send_as_owner(struct errand *errand, pid_t pid)
{
    struct promise unused;
    errand->owner = owner_of(pid);
    if (errand->owner == UNKNOWN || !has_capability(CAP_SETUID))
        return EPERM;
    children_spawn(&unused, send_by_child, errand);
    return errand->error;
}

int sending_by_pidfd(int pidfd, pid_t pid, int signal)
{
    return send_as_owner(&(struct errand){.pidfd = pidfd, .pid = pid, .signal = signal}, pid);
}

int sending_to_child(struct promise *child, int signal, enum children_reach reach, bool *refused)
{
    int error = children_signal(child, signal, reach);
    if (error == 0 && reach == REACH_GROUP && children_signal(child, 0, REACH_CHILD) == EPERM)
        error = EPERM; /* kill(2) does not say that one of a group was left out */
    if (refused != NULL)
        *refused = error == EPERM;
    if (error != EPERM)
        return error;
    struct errand errand = {.child = child, .pidfd = -1, .signal = signal};
    errand.pid = reach == REACH_GROUP ? -child->pid : child->pid;
    return send_as_owner(&errand, child->pid);
}

/* ---- the line ---- */

void text_add_refusal(struct text *text, const char *name, pid_t pid, bool sent)
{
    uid_t owner = owner_of(pid);
    told_of_refusal = true;
    text_add(text, "may not signal %s (pid %d), which is ", name, pid);
    if (owner == UNKNOWN)
        text_add(text, "another user's");
    else
        text_add(text, "uid %jd's", (intmax_t)owner);
    text_add(text, ": %s", has_capability(CAP_KILL) ? "a security module forbids it" : "CAP_KILL is missing");
    text_add(text, "%s", sent ? "; signals are sent as that user" : "");
}

bool sending_has_been_told(void)
{
    return told_of_refusal;
}

/* ---- everybody who is meant ---- */

/* Who has been told: a bit for each remainder of a pid. Where pids are more than these, somebody new may pass for told,
 * if he was forked behind the walk's back as well. */
enum { TOLD_BITS = 32768, TOLD_WORD = 32, WALKS_MOST = 10 }; /* who forks on and on does not hold us up */

struct walk {
    bool (*is_meant)(const struct process *process, void *context);
    void *context;
    int signal;
    bool found_new;
    struct sent sent;
    uint32_t told[TOLD_BITS / TOLD_WORD];
};

static void note_refused(struct sent *sent, const struct process *process)
{
    if (sent->refused++ == 0)
        sent->refuser = *process;
}

/* Is asked and signalled while the pidfd holds it. */
static void send_to(struct walk *walk, const struct process *process, int pidfd)
{
    unsigned bit = (unsigned)process->pid % TOLD_BITS;
    if (!walk->is_meant(process, walk->context))
        return;
    int error = send(pidfd, process->pid, walk->signal);
    if (error == EPERM && walk->signal != 0)
        error = sending_by_pidfd(pidfd, process->pid, walk->signal);
    if (error == EPERM)
        note_refused(&walk->sent, process);
    walk->told[bit / TOLD_WORD] |= 1U << bit % TOLD_WORD;
    walk->sent.told |= error == 0;
    walk->found_new = true;
}

static bool visit(const struct process *process, void *context)
{
    struct walk *walk = context;
    unsigned bit = (unsigned)process->pid % TOLD_BITS;
    if ((walk->told[bit / TOLD_WORD] >> bit % TOLD_WORD & 1) != 0)
        return true;
    int pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    send_to(walk, process, pidfd);
    if (pidfd != -1)
        close(pidfd);
    return walk->signal != 0 || !walk->sent.told;
}

struct sent sending_to_all(int signal, bool (*is_meant)(const struct process *process, void *context), void *context)
{
    struct walk walk = {.is_meant = is_meant, .context = context, .signal = signal};
    int walks = 0;
    do {
        walk.found_new = false;
        procfs_each(visit, &walk);
    } while (signal != 0 && walk.found_new && ++walks < WALKS_MOST);
    return walk.sent;
}
