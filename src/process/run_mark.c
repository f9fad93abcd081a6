/*
 * run_mark.c - see run_mark.h.
 *
 * Most runs leave no process behind, and where many services are started again often, walks through
 * /proc would be most of the cost. But a remaining process, or an ancestor of it, has become an
 * orphan, and the kernel gives orphans to the first living thread of their reaper
 * (find_new_reaper() in kernel/exit.c): to the main thread, which starts no services. So if that
 * thread has no children, no process remains. The orphans are its children before the run can be
 * reaped: the kernel does both under one lock. (/proc/PID/task/TID/children needs
 * CONFIG_PROC_CHILDREN, proc(5).)
 *
 * The kernel does not use the number of a process group again while the group has a process; it may
 * afterwards, and then the group is another one. Therefore signals go to descendants of foster
 * only, and not by the group if there is a process of that number: the leader of the run's group is
 * reaped.
 */
#include "process/run_mark.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/proc_path.h"
#include "base/text.h"
#include "process/procfs.h"
#include "process/send_signal.h"
#include "process/wait_status.h"

enum { TURN_MS = 10 };

/* As the kernel has it. */
struct locks_limit {
    uint64_t soft, hard;
};

static bool get_limit(struct locks_limit *limit)
{
    return syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, NULL, limit) == 0;
}

static bool set_limit(const struct locks_limit *limit)
{
    return syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, limit, NULL) == 0;
}

void run_mark_set(unsigned mark)
{
    struct locks_limit limit;
    if (!get_limit(&limit))
        return;
    limit.soft = mark;
    set_limit(&limit);
}

/* The limit is set to what it is: the soft one stays foster's. */
void run_mark_check(unsigned highest)
{
    struct locks_limit limit;
    const char *why = NULL;
    if (!get_limit(&limit) || !set_limit(&limit))
        why = strerror(errno);
    else if (limit.hard < highest)
        why = "the hard limit is too low (ulimit -x)";
    if (why != NULL)
        log_line(LOG_WARNING,
                 "cannot mark the processes of services by their limit of file locks: %s; a "
                 "process that leaves the process group of its service is not ended with it, and "
                 "one that leaves the session cannot use sd_notify",
                 why);
}

/* prlimit(2) takes a tenth of the time of the file, and works for root and for the owner alone. */
int64_t run_mark_of(pid_t pid)
{
    uint64_t limit[2];
    if (syscall(SYS_prlimit64, pid, RLIMIT_LOCKS, NULL, limit) == 0)
        return (uint32_t)limit[0] == limit[0] ? (int64_t)limit[0] : 0;
    if (errno == ESRCH)
        return 0;
    int64_t mark = procfs_number(pid, "/limits", "Max file locks");
    return mark > 0 ? mark : 0;
}

/* True if foster has no orphans. Keeps the file open. */
static bool has_no_orphans(pid_t self)
{
    static int children = -1;
    char path[PROC_PATH_MAX], first[2];
    proc_path(path, "/self/task/", self, "/children");
    return file_head_again(&children, path, first, sizeof first) == 0;
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) == -1 && errno == ESRCH;
}

struct turn {
    struct ended_run *run;
    struct run_mark_walk *walk;
    milliseconds until; /* its end */
    bool found;         /* a process, since that was last set to false */
};

static bool is_of_run(pid_t pid, const struct ended_run *run)
{
    return (run->group != 0 && getpgid(pid) == run->group) ||
           (run->mark != 0 && run_mark_of(pid) == run->mark);
}

static bool is_remaining(const struct process *process, void *run)
{
    return is_of_run(process->pid, run) &&
           procfs_process_descends(process, ((struct ended_run *)run)->self);
}

static bool send_to(pid_t pid, int signal, struct ended_run *run)
{
    return send_signal_to_one(pid, signal, is_remaining, run) == 0;
}

/* A search is over as soon as it has found a process. */
static bool is_answered(const struct run_mark_walk *walk)
{
    return walk->signal == 0 && walk->has_found;
}

/* False ends the turn. A zombie whose parent has ended is a child of foster, and is passed over.
 * Most processes do not belong to the run: so that is asked first, and again once a pidfd
 * holds the process, send_signal_to_one(). */
static bool visit(pid_t pid, void *context)
{
    struct turn *turn = context;
    struct run_mark_walk *walk = turn->walk;
    bool found = wait_status_child_state(pid) != ZOMBIE_CHILD && is_of_run(pid, turn->run) &&
                 send_to(pid, walk->signal, turn->run);
    if (found && walk->signal == SIGTERM)
        send_to(pid, SIGCONT, turn->run);
    turn->found |= found;
    walk->has_found |= found;
    return !is_answered(walk) && clock_now() < turn->until;
}

/* Visits the pids that the kernel has given away last, whether or not there are processes of them.
 * With SIGKILL it repeats that as long as it finds processes. If the processes of a run fork and
 * exit without end, the running ones have the newest pids, and a walk in the order of pids would
 * meet zombies only. */
static void visit_newest(struct turn *turn)
{
    enum { NEWEST = 256 };
    static int file = -1;
    do {
        pid_t last = procfs_last_pid(&file);
        turn->found = false;
        for (pid_t pid = last; pid > 1 && pid > last - NEWEST && visit(pid, turn); pid--)
            ;
    } while (turn->found && turn->walk->signal == SIGKILL && clock_now() < turn->until);
}

/* Without /proc. True if the group has a process that may be signalled. */
static bool signal_group(pid_t group, int signal)
{
    bool has_process = group != 0 && kill(-group, signal) == 0;
    if (has_process && signal == SIGTERM)
        kill(-group, SIGCONT);
    return has_process;
}

/* Prepares the next walk; returns has_found. */
static bool end(struct run_mark_walk *walk, bool has_found)
{
    *walk = (struct run_mark_walk){.signal = walk->signal == SIGKILL ? SIGKILL : 0};
    return has_found;
}

bool run_mark_look(struct ended_run *run, struct run_mark_walk *walk)
{
    struct turn turn = {run, walk, clock_now() + TURN_MS, false};
    if (has_no_orphans(run->self))
        return end(walk, false);
    if (!is_gone(run->group))
        run->group = 0;
    if (!procfs_is_ours())
        return end(walk, signal_group(run->group, walk->signal));
    if (walk->signal == 0 || walk->signal == SIGKILL) /* the walk sends SIGTERM, once */
        visit_newest(&turn);
    turn.until = clock_now() + TURN_MS; /* the parents of the newest may be old */
    bool is_over = is_answered(walk) || procfs_walk(&walk->at, visit, &turn) || is_answered(walk);
    return !is_over || end(walk, walk->has_found);
}

void run_mark_kill_one(pid_t self, unsigned mark, pid_t pid)
{
    send_to(pid, SIGKILL, &(struct ended_run){.self = self, .mark = mark});
}
