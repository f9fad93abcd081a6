/* fork_error.c - see fork_error.h. */
#include "process/fork_error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "process/cgroup.h"
#include "process/procfs.h"

/* The zombies, and the parent that has most of them. No table of parents is needed: one pass over
 * /proc finds a parent that has the majority, if there is one (Boyer and Moore, MJRTY), a second
 * one counts its zombies. */
struct census {
    pid_t parent; /* the candidate */
    int lead;     /* by how many its zombies outnumber all others so far */
    int zombies;
    int unreaped; /* the candidate's zombies, which it does not wait for */
};

static bool is_unreaped(const struct process *process)
{
    bool is_other = process->parent != 0 && process->parent != getpid(); /* 0: of the outside */
    return process->ended && is_other;
}

static bool find_majority(const struct process *process, void *context)
{
    struct census *census = context;
    census->zombies += process->ended;
    if (!is_unreaped(process))
        return true;
    if (census->lead == 0)
        census->parent = process->parent;
    census->lead += process->parent == census->parent ? 1 : -1;
    return true;
}

static bool count_unreaped(const struct process *process, void *context)
{
    struct census *census = context;
    census->unreaped += is_unreaped(process) && process->parent == census->parent;
    return true;
}

static void add_pids(struct text *text)
{
    static const struct cgroup_file current = {"pids", "pids.current", "pids.current"};
    static const struct cgroup_file limit = {"pids", "pids.max", "pids.max"};
    char used[DECIMAL_MAX], most[DECIMAL_MAX];
    if (cgroup_read(&current, used, sizeof used) && cgroup_read(&limit, most, sizeof most))
        text_add(text, ", pids.current %s, pids.max %s", used, most);
}

static void add_zombies(struct text *text)
{
    struct census census = {0};
    struct process parent;
    if (!procfs_is_ours())
        return;
    procfs_each(find_majority, &census);
    text_add(text, ", zombies %d", census.zombies);
    procfs_each(count_unreaped, &census);
    if (census.unreaped > 0 && procfs_read(census.parent, &parent))
        text_add(text, " of which %d are children that pid %d (%s) does not wait for",
                 census.unreaped, parent.pid, parent.name);
}

void fork_error_explain(struct text *text, int error)
{
    text_add(text, "no new process: %s", strerror(error));
    if (error != EAGAIN)
        return;
    add_pids(text);
    add_zombies(text);
    text_add(text, "; raise the pids limit, or ulimit -u");
}
