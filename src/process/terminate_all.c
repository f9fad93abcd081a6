/*
 * terminate_all.c - see terminate_all.h.
 *
 * How we learn that the last is gone: our children by SIGCHLD. What an engine's exec started is not
 * our child, although it lives in our namespace; there is no signal for its end, so once no child
 * is left we look, at growing intervals, and never longer than the grace.
 *
 * As PID 1 we would have a short question for that, kill(-1, 0). But it is answered by a look at
 * every process of the machine (kill_something_info() in kernel/signal.c): some 0.4 us each, when
 * nothing of them is in the caches. And it counts zombies, those of a parent outside as well, whom
 * nobody here can reap. So it is the last that is asked.
 */
#include "process/terminate_all.h"

#include <errno.h>
#include <signal.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "children/foster.h"
#include "process/procfs.h"
#include "process/send_signal.h"
#include "process/signals.h"
#include "process/stop_policy.h"

enum {
    EVERYBODY = -1,     /* kill(2): every process of the namespace except the caller and init */
    NEVER_REUSED = 300, /* RESERVED_PIDS in kernel/pid.c: numbers below it are given once, before
                           any above it */
    FULL_HOST = 400,   /* threads: then a walk of our /proc, 30 us, is cheaper than a look at all */
    LOOK_FIRST_MS = 1, /* the intervals at which we look for what is not our child */
    LOOK_MOST_MS = 50,
    /* Half of KILL_TIMEOUT, so that a stop that has used up STOP_BUDGET still ends within
     * ENGINE_TIMEOUT. As PID 1 foster need not wait: the kernel kills the others when it exits. */
    KILL_ROUNDS = KILL_TIMEOUT / KILL_AGAIN_MS / 2,
    NAMED_MOST = 8, /* of those that had to be killed */
};

/* ---- who is left ---- */

static bool has_children(void)
{
    siginfo_t unused;
    return waitid(P_ALL, 0, &unused, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

static int last_pid_file = -1;

/* As long as our namespace has given away few numbers, each can be tried. */
static bool all_numbers_are_free(void)
{
    pid_t last = procfs_last_pid(&last_pid_file), pid = INIT + 1;
    if (last == 0 || last >= NEVER_REUSED)
        return false;
    while (pid <= last && kill(pid, 0) == -1 && errno == ESRCH)
        pid++;
    return pid > last;
}

/* A hint: the kernel has 16 bits for the answer (sysinfo(2)). */
static bool host_is_full(void)
{
    struct sysinfo info;
    return sysinfo(&info) == 0 && info.procs > FULL_HOST;
}

static bool is_other(const struct process *process, void *living)
{
    *(bool *)living = !process->ended && process->pid != INIT;
    return !*(bool *)living;
}

static bool others_live(void)
{
    bool living = false;
    procfs_each(is_other, &living);
    return living;
}

/* PID 1, without a child: what an engine's exec put here. Where /proc cannot say it, a zombie
 * counts as well. */
static bool has_strangers(void)
{
    bool readable = procfs_is_ours();
    if (!(readable && host_is_full()) && kill(EVERYBODY, 0) == -1)
        return false;
    return !readable || others_live();
}

static bool anybody_left(pid_t self)
{
    if (self != INIT)
        return has_children();
    return !all_numbers_are_free() && (has_children() || has_strangers());
}

/* ---- telling them ---- */

static bool is_descendant(const struct process *process, void *self)
{
    return process_descends(process, *(pid_t *)self);
}

static bool is_refused(const struct process *process, void *unused)
{
    (void)unused;
    return process->pid != INIT && kill(process->pid, 0) == -1 && errno == EPERM;
}

static void say_refused(const struct send_result *sent)
{
    struct text line;
    if (sent->refused == 0 || send_signal_refusal_is_said())
        return;
    log_begin(&line);
    text_add_refused_signal(&line, sent->refuser.name, sent->refuser.pid, false);
    if (sent->refused > 1)
        text_add(&line, ", and %d others", sent->refused - 1);
    log_end(LOG_WARNING, &line);
}

/* kill(2) does not say that somebody was left out. */
static bool signal_everybody(int signal, milliseconds until)
{
    bool told = kill(EVERYBODY, signal) == 0;
    if (told && signal != 0 && !send_signal_is_unlimited() && procfs_is_ours()) {
        struct send_result sent = send_signal_to_all(signal, until, is_refused, NULL);
        say_refused(&sent);
    }
    return told;
}

/* Whoever has lost his parents has another than us, or, as we are a subreaper, is our child: so
 * without a child there is no descendant, and nobody to be looked for. */
bool terminate_all_signal(pid_t self, int signal, milliseconds until)
{
    if (self == INIT)
        return signal_everybody(signal, until);
    if (!has_children() || !procfs_is_ours())
        return false;
    struct send_result sent = send_signal_to_all(signal, until, is_descendant, &self);
    say_refused(&sent);
    return sent.told;
}

bool terminate_all_kill(pid_t self)
{
    return terminate_all_signal(self, SIGKILL, clock_now() + KILL_AGAIN_MS);
}

/* ---- waiting for them ---- */

/* Who stops himself after he was told, and is our child. */
static bool has_stopped_child(void)
{
    siginfo_t stop = {0};
    return waitid(P_ALL, 0, &stop, WSTOPPED | WNOHANG | WNOWAIT) == 0 && stop.si_pid != 0;
}

/* When to look again: those that stop themselves again and again are continued at intervals. */
static milliseconds continue_stopped(pid_t self, milliseconds now, milliseconds *next)
{
    if (!has_stopped_child())
        return NEVER;
    if (now < *next)
        return *next;
    terminate_all_signal(self, SIGCONT, now + CONTINUE_AGAIN_MS);
    *next = now + CONTINUE_AGAIN_MS;
    return NEVER;
}

/* False if somebody is left when the deadline passes. */
static bool await_the_last(pid_t self, milliseconds deadline)
{
    milliseconds look = LOOK_FIRST_MS, continue_at = 0;
    siginfo_t info;
    for (;;) {
        children_sigchld();
        if (!anybody_left(self))
            return true;
        milliseconds now = clock_now();
        if (now >= deadline)
            return false;
        milliseconds next = clock_earlier(deadline, continue_stopped(self, now, &continue_at));
        if (!has_children()) {
            next = clock_earlier(next, now + look);
            look = clock_earlier(look * 2, LOOK_MOST_MS);
        }
        signals_wait(&info, next);
    }
}

/* ---- killing them ---- */

struct list {
    pid_t self;
    struct text *text;
    int named;
    milliseconds until;
};

static bool name_one(const struct process *process, void *context)
{
    struct list *list = context;
    bool ours =
        process->pid != list->self && (list->self == INIT || process_descends(process, list->self));
    if (!ours || process->ended)
        return clock_now() < list->until;
    text_add(list->text, "%s%s (pid %d)", list->named == 0 ? ": " : ", ", process->name,
             process->pid);
    return ++list->named < NAMED_MOST;
}

static void say_who_is_killed(pid_t self, milliseconds grace)
{
    struct text line;
    struct list list = {.self = self, .text = &line, .until = clock_now() + KILL_AGAIN_MS};
    log_begin(&line);
    text_add(&line, "killing what has not ended within ");
    duration_append(&line, grace);
    if (procfs_is_ours())
        procfs_each(name_one, &list);
    log_end(LOG_WARNING, &line);
}

void terminate_all(pid_t self, milliseconds grace)
{
    if (!anybody_left(self))
        return;
    milliseconds deadline = clock_now() + grace;
    if (!terminate_all_signal(self, SIGTERM, deadline) && self != INIT) {
        children_sigchld(); /* the dead are told of */
        return;
    }
    terminate_all_signal(self, SIGCONT, deadline);
    if (await_the_last(self, deadline))
        return;
    say_who_is_killed(self, grace);
    for (int round = 0; round < KILL_ROUNDS; round++) {
        terminate_all_kill(self);
        if (await_the_last(self, clock_now() + KILL_AGAIN_MS))
            return;
    }
}
