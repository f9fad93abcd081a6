/*
 * terminate_all.c - see terminate_all.h.
 *
 * How foster learns that the last process has ended: of a child by SIGCHLD. A process that an
 * engine's exec has started is in the namespace, and no child of foster; no signal tells its end.
 * So when no child is left foster looks, at growing intervals, until the grace period is over.
 *
 * For PID 1 kill(-1, 0) answers that in one call. But the kernel looks at every process of the host
 * for it (kill_something_info() in kernel/signal.c), some 0.4 us each when they are not in the
 * caches. And it counts zombies, those of a parent outside of the namespace as well, which no
 * process inside can reap. So it is the last means.
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
#include "process/wait_status.h"

enum {
    ALL_PROCESSES = -1, /* kill(2): of the namespace, but the caller and its init */
    NEVER_REUSED = 300, /* RESERVED_PIDS in kernel/pid.c: pids below it are given once, before any
                           above it */
    FULL_HOST = 400,    /* threads; then a walk of /proc, 30 us, is cheaper than kill(-1, 0) */
    LOOK_FIRST_MS = 1,  /* the intervals of the looks for processes that are no children */
    LOOK_MOST_MS = 50,
    /* Half of KILLS_MOST, so that a stop that has used up STOP_BUDGET still ends within
     * ENGINE_TIMEOUT. As PID 1 foster need not wait: the kernel kills the others when it exits. */
    KILL_ROUNDS = KILLS_MOST / 2,
    NAMED_MOST = 8, /* processes in the message about the kill */
};

/* ---- whether a process is left ---- */

static int last_pid_file = -1;

/* True if no process but PID 1 has a pid. While the namespace has given few, each can be tried. */
static bool all_pids_are_free(void)
{
    pid_t last = procfs_last_pid(&last_pid_file), pid = INIT + 1;
    if (last == 0 || last >= NEVER_REUSED)
        return false;
    while (pid <= last && kill(pid, 0) == -1 && errno == ESRCH)
        pid++;
    return pid > last;
}

/* A hint: sysinfo(2) has 16 bits for the number of threads. */
static bool host_is_full(void)
{
    struct sysinfo info;
    return sysinfo(&info) == 0 && info.procs > FULL_HOST;
}

static bool note_running(const struct process *process, void *is_running)
{
    *(bool *)is_running = !process->ended && process->pid != INIT;
    return !*(bool *)is_running;
}

static bool others_run(void)
{
    bool is_running = false;
    procfs_each(note_running, &is_running);
    return is_running;
}

/* For PID 1 without a child: true if there is a process that an engine's exec has started. Without
 * a readable /proc a zombie counts as one. */
static bool has_processes_of_exec(void)
{
    bool is_readable = procfs_is_ours();
    if (!(is_readable && host_is_full()) && kill(ALL_PROCESSES, 0) == -1)
        return false;
    return !is_readable || others_run();
}

static bool any_is_left(pid_t self)
{
    if (self != INIT)
        return wait_status_has_children();
    return !all_pids_are_free() && (wait_status_has_children() || has_processes_of_exec());
}

/* ---- signals to all processes ---- */

static bool is_descendant(const struct process *process, void *self)
{
    return procfs_process_descends(process, *(pid_t *)self);
}

static bool is_refused(const struct process *process, void *unused)
{
    (void)unused;
    return process->pid != INIT && kill(process->pid, 0) == -1 && errno == EPERM;
}

static void say_refused(const struct send_result *result)
{
    struct text line;
    if (result->refused == 0 || send_signal_refusal_is_said())
        return;
    log_begin(&line);
    send_signal_append_refusal(&line, result->first_refused.name, result->first_refused.pid, false);
    if (result->refused > 1)
        text_add(&line, "; nor %d other processes", result->refused - 1);
    log_end(LOG_WARNING, &line);
}

/* kill(-1) succeeds if one process could be signalled. Then the processes that foster may not
 * signal are found in /proc. */
static bool signal_namespace(int signal, milliseconds until)
{
    bool is_sent = kill(ALL_PROCESSES, signal) == 0;
    if (is_sent && signal != 0 && !send_signal_is_unlimited() && procfs_is_ours()) {
        struct send_result result = send_signal_to_all(signal, until, is_refused, NULL);
        say_refused(&result);
    }
    return is_sent;
}

/* An orphan becomes foster's child if foster is a subreaper; else it becomes the child of another
 * process, and is no descendant of foster any more. So without a child there is no descendant. */
bool terminate_all_signal(pid_t self, int signal, milliseconds until)
{
    if (self == INIT)
        return signal_namespace(signal, until);
    if (!wait_status_has_children() || !procfs_is_ours())
        return false;
    struct send_result result = send_signal_to_all(signal, until, is_descendant, &self);
    say_refused(&result);
    return result.is_sent;
}

bool terminate_all_kill(pid_t self)
{
    return terminate_all_signal(self, SIGKILL, clock_now() + KILL_AGAIN_MS);
}

/* ---- the wait for the end of all processes ---- */

/* A child may stop itself after its SIGTERM. */
static bool has_stopped_child(void)
{
    siginfo_t stop = {0};
    return waitid(P_ALL, 0, &stop, WSTOPPED | WNOHANG | WNOWAIT) == 0 && stop.si_pid != 0;
}

/* Sends SIGCONT to all processes if a child is stopped, but not before *next. Returns when to look
 * again, or NEVER. */
static milliseconds continue_stopped(pid_t self, milliseconds now, milliseconds *next)
{
    if (!has_stopped_child())
        return NEVER;
    if (!stop_may_continue(now, next))
        return *next;
    terminate_all_signal(self, SIGCONT, *next);
    return NEVER;
}

/* False if a process is left at the deadline. */
static bool wait_until_none_is_left(pid_t self, milliseconds deadline)
{
    milliseconds look = LOOK_FIRST_MS, continue_at = 0;
    siginfo_t info;
    for (;;) {
        children_sigchld();
        if (!any_is_left(self))
            return true;
        milliseconds now = clock_now();
        if (now >= deadline)
            return false;
        milliseconds next = clock_earlier(deadline, continue_stopped(self, now, &continue_at));
        if (!wait_status_has_children()) {
            next = clock_earlier(next, now + look);
            look = clock_earlier(look * 2, LOOK_MOST_MS);
        }
        signals_wait(&info, next);
    }
}

/* ---- the kill ---- */

/* A list of the names of processes. */
struct name_list {
    pid_t self;
    struct text *text;
    int count;
    milliseconds until;
};

static bool list_name(const struct process *process, void *context)
{
    struct name_list *list = context;
    bool is_killed = process->pid != list->self &&
                     (list->self == INIT || procfs_process_descends(process, list->self));
    if (!is_killed || process->ended)
        return clock_now() < list->until;
    text_add(list->text, "%s%s (pid %d)", list->count == 0 ? ": " : ", ", process->name,
             process->pid);
    return ++list->count < NAMED_MOST;
}

static void say_killing(pid_t self, milliseconds grace)
{
    struct text line;
    struct name_list list = {.self = self, .text = &line, .until = clock_now() + KILL_AGAIN_MS};
    log_begin(&line);
    text_add(&line, "killing the processes that have not ended within ");
    duration_append(&line, grace);
    if (procfs_is_ours())
        procfs_each(list_name, &list);
    log_end(LOG_WARNING, &line);
}

void terminate_all(pid_t self, milliseconds grace)
{
    if (!any_is_left(self))
        return;
    milliseconds deadline = clock_now() + grace;
    if (!terminate_all_signal(self, SIGTERM, deadline) && self != INIT) {
        children_sigchld(); /* zombies alone */
        return;
    }
    terminate_all_signal(self, SIGCONT, deadline);
    if (wait_until_none_is_left(self, deadline))
        return;
    say_killing(self, grace);
    for (int round = 0; round < KILL_ROUNDS; round++) {
        terminate_all_kill(self);
        if (wait_until_none_is_left(self, clock_now() + KILL_AGAIN_MS))
            return;
    }
}
