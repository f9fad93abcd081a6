/*
 * run_mark.c - see run_mark.h.
 *
 * Nearly always nobody is left, and with many services that start again often the walk of /proc
 * would be most of what it costs. But whoever is left, or somebody above him, was adopted, and the
 * kernel gives orphans to the first living thread of their reaper (find_new_reaper() in
 * kernel/exit.c): the main one, which starts no services. So if that thread has no children, nobody
 * is left. It has them all before the run can be reaped, as both are done under one lock of the
 * kernel. (/proc/PID/task/TID/children: CONFIG_PROC_CHILDREN, proc(5).)
 *
 * The group's number is not given to a new process while there is anybody in the group. Once it is
 * empty it may be, and then it is another's; therefore only descendants are hit, as with the mark,
 * and not even those if there is a process of that number again: the leader of the group we mean is
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
#include "base/proc_path.h"
#include "base/text.h"
#include "process/procfs.h"
#include "process/send_signal.h"
#include "process/wait_status.h"

enum { TURN_MS = 10 };

void run_mark_set(unsigned mark)
{
    struct {
        uint64_t soft, hard;
    } limit;
    if (syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, NULL, &limit) == -1)
        return;
    limit.soft = mark;
    syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, &limit, NULL);
}

/* The call tells who may change the limits, at a tenth of the cost of the file. */
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

/* True if foster has no child that it did not start itself. */
static bool has_adopted_nobody(pid_t self)
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

/* A turn. */
struct turn {
    struct ended_run *run; /* its group is 0 if the number is another's by now */
    struct run_mark_walk *walk;
    milliseconds until;
    bool found;
};

static bool is_of_run(pid_t pid, const struct ended_run *run)
{
    return (run->group != 0 && getpgid(pid) == run->group) ||
           (run->mark != 0 && run_mark_of(pid) == run->mark);
}

static bool is_left(const struct process *process, void *run)
{
    return is_of_run(process->pid, run) &&
           procfs_process_descends(process, ((struct ended_run *)run)->self);
}

static bool send_to(pid_t pid, int signal, struct ended_run *run)
{
    return send_signal_to_one(pid, signal, is_left, run) == 0;
}

static bool is_answered(const struct run_mark_walk *walk)
{
    return walk->signal == 0 && walk->has_found;
}

/* Who forks and exits leaves foster his dead. Who is meant is asked before that is made sure, as
 * most are not. */
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

/* The numbers that were given away last, whether anybody has them or not, and to kill again as long
 * as anybody has. Where processes fork and exit without end those who live are among them, and a
 * walk is all among the dead. */
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

static bool group_is_left(pid_t group, int signal)
{
    bool is_left = group != 0 && kill(-group, signal) == 0;
    if (is_left && signal == SIGTERM)
        kill(-group, SIGCONT);
    return is_left;
}

/* What the next one is to do. */
static bool end(struct run_mark_walk *walk, bool is_left)
{
    *walk = (struct run_mark_walk){.signal = walk->signal == SIGKILL ? SIGKILL : 0};
    return is_left;
}

bool run_mark_look(struct ended_run *run, struct run_mark_walk *walk)
{
    struct turn turn = {run, walk, clock_now() + TURN_MS, false};
    if (has_adopted_nobody(run->self))
        return end(walk, false);
    if (!is_gone(run->group))
        run->group = 0;
    if (!procfs_is_ours())
        return end(walk, group_is_left(run->group, walk->signal));
    if (walk->signal == 0 || walk->signal == SIGKILL) /* who is told is told once, on the walk */
        visit_newest(&turn);
    turn.until = clock_now() + TURN_MS; /* whoever made them may be old */
    bool is_over = is_answered(walk) || procfs_walk(&walk->at, visit, &turn) || is_answered(walk);
    return !is_over || end(walk, walk->has_found);
}

void run_mark_kill_one(pid_t self, unsigned mark, pid_t pid)
{
    send_to(pid, SIGKILL, &(struct ended_run){.self = self, .mark = mark});
}
