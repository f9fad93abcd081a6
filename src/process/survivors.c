/*
 * survivors.c - see survivors.h.
 *
 * How we learn that the last is gone: our children by SIGCHLD. What an engine's exec started is not our child, although
 * it lives in our namespace; there is no signal for its end, so once no child is left we look, at growing intervals,
 * and never longer than the grace.
 */
#include "process/survivors.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "children/foster.h"
#include "process/procfs.h"
#include "process/signals.h"

enum {
    INIT = 1,
    EVERYBODY = -1,    /* kill(2): every process of the namespace except the caller and init */
    LOOK_FIRST_MS = 1, /* the intervals at which we look for what is not our child */
    LOOK_MOST_MS = 50,
    KILL_ROUND_MS = 100, /* what forked while we listed it is killed in the next round */
    KILL_ROUNDS = 20,    /* a process in an uninterruptible call may never die; the kernel ends it after us */
    NAMED_MOST = 8,      /* of those that had to be killed */
};

/* ---- telling them ---- */

static bool has_children(void)
{
    siginfo_t unused;
    return waitid(P_ALL, 0, &unused, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

struct errand {
    pid_t self;
    int signal;
    bool told;
};

static bool is_descendant(const struct process *process, void *context)
{
    const struct errand *errand = context;
    return process->state != PROCESS_ZOMBIE && procfs_descends(process->pid, errand->self);
}

static bool signal_descendant(const struct process *process, void *context)
{
    struct errand *errand = context;
    errand->told |= procfs_signal(process, errand->signal, is_descendant, errand);
    return true;
}

/* Whoever has lost his parents has another than us, or, as we are a subreaper, is our child: so without a child there
 * is no descendant, and nobody to be looked for. */
bool survivors_signal(pid_t self, int signal)
{
    if (self == INIT)
        return kill(EVERYBODY, signal) == 0;
    struct errand errand = {.self = self, .signal = signal};
    if (has_children() && procfs_is_ours())
        procfs_each(signal_descendant, &errand);
    return errand.told;
}

/* ---- waiting for them ---- */

static bool anybody_left(pid_t self)
{
    return has_children() || (self == INIT && survivors_signal(self, 0));
}

/* False if somebody is left when the deadline passes. */
static bool await_the_last(pid_t self, milliseconds deadline)
{
    milliseconds look = LOOK_FIRST_MS;
    siginfo_t info;
    for (;;) {
        children_sigchld();
        if (!anybody_left(self))
            return true;
        milliseconds now = clock_now(), next = deadline;
        if (now >= deadline)
            return false;
        if (!has_children() && now + look < deadline) {
            next = now + look;
            look = look * 2 < LOOK_MOST_MS ? look * 2 : LOOK_MOST_MS;
        }
        signals_wait(&info, next);
    }
}

/* ---- killing them ---- */

struct list {
    pid_t self;
    struct text *text;
    int named;
};

static bool name_one(const struct process *process, void *context)
{
    struct list *list = context;
    bool ours = process->pid != list->self && (list->self == INIT || procfs_descends(process->pid, list->self));
    if (!ours || process->state == PROCESS_ZOMBIE)
        return true;
    text_add(list->text, "%s%s (pid %d)", list->named == 0 ? ": " : ", ", process->name, process->pid);
    return ++list->named < NAMED_MOST;
}

static void say_who_is_killed(pid_t self, milliseconds grace)
{
    struct text line;
    struct list list = {.self = self, .text = &line};
    log_begin(&line);
    text_add(&line, "killing what has not ended within ");
    text_add_duration(&line, grace);
    if (procfs_is_ours())
        procfs_each(name_one, &list);
    log_end(LOG_WARNING, &line);
}

void survivors_end(pid_t self, milliseconds grace)
{
    milliseconds deadline = clock_now() + grace;
    if (!survivors_signal(self, SIGTERM)) {
        if (self != INIT)
            children_sigchld(); /* the dead are told of; PID 1 has none then, as kill(2) counts them */
        return;
    }
    survivors_signal(self, SIGCONT);
    if (await_the_last(self, deadline))
        return;
    say_who_is_killed(self, grace);
    for (int round = 0; round < KILL_ROUNDS; round++) {
        survivors_signal(self, SIGKILL);
        if (await_the_last(self, clock_now() + KILL_ROUND_MS))
            return;
    }
}
