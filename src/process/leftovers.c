/*
 * leftovers.c - see leftovers.h.
 *
 * Nearly always nobody is left, and with many services that start again often the walk of /proc would be most of what
 * it costs. But whoever is left, or somebody above him, was adopted, and the kernel gives orphans to the first living
 * thread of their reaper (find_new_reaper() in kernel/exit.c): the main one, which starts no services. So if that
 * thread has no children, nobody is left. It has them all before the run can be reaped, as both are done under one lock
 * of the kernel. (/proc/PID/task/TID/children: CONFIG_PROC_CHILDREN, proc(5).)
 *
 * The group's number is not given to a new process while there is anybody in the group. Once it is empty it may be, and
 * then it is another's; therefore only descendants are hit, as with the mark, and not even those if there is a process
 * of that number again: the leader of the group we mean is reaped.
 */
#include "process/leftovers.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "process/procfs.h"
#include "process/sending.h"

void leftovers_mark(unsigned mark)
{
    struct {
        uint64_t soft, hard;
    } limit;
    if (syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, NULL, &limit) == -1)
        return;
    limit.soft = mark;
    syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, &limit, NULL);
}

int64_t leftovers_mark_of(pid_t pid)
{
    int64_t mark = procfs_number(pid, "/limits", "Max file locks");
    return mark > 0 ? mark : 0;
}

/* True if foster has no child that it did not start itself. */
static bool has_adopted_nobody(pid_t self)
{
    static int children = -1;
    char path[sizeof "/proc/self/task//children" + DECIMAL_MAX] = "/proc/self/task/", digits[DECIMAL_MAX], first[2];
    strcat(strcat(path, text_decimal(digits, self)), "/children");
    return file_head_again(&children, path, first, sizeof first) == 0;
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) == -1 && errno == ESRCH;
}

struct errand {
    pid_t self, group; /* the group is 0 if its number is another's by now */
    unsigned mark;     /* or 0 */
};

static bool is_leftover(const struct process *process, void *context)
{
    const struct errand *errand = context;
    pid_t pid = process->pid;
    if (process->ended)
        return false;
    bool in_group = errand->group != 0 && getpgid(pid) == errand->group;
    bool marked = errand->mark != 0 && !in_group && leftovers_mark_of(pid) == errand->mark;
    return (in_group || marked) && procfs_descends(pid, errand->self);
}

bool leftovers_signal(pid_t self, pid_t group, unsigned mark, int signal)
{
    if (has_adopted_nobody(self))
        return false;
    if (!is_gone(group))
        group = 0;
    if (!procfs_is_ours())
        return group != 0 && kill(-group, signal) == 0;
    return sending_to_all(signal, is_leftover, &(struct errand){self, group, mark}).told;
}
