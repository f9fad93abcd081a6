/* fork_error.c - see fork_error.h. */
#include "process/fork_error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "process/cgroup.h"
#include "process/procfs.h"

/* The zombies, and the parent that neglects most of them. Without a table of parents: a majority
 * vote in one pass over /proc (Boyer and Moore), a count of the elected parent's in the second. */
struct census {
    pid_t elected;
    int lead; /* of its zombies over all others so far */
    int zombies;
    int neglected; /* by the elected */
};

static bool is_neglected(const struct process *process)
{
    bool known =
        process->parent != 0 && process->parent != getpid(); /* 0: a parent outside our namespace */
    return process->ended && known;
}

static bool vote(const struct process *process, void *context)
{
    struct census *census = context;
    census->zombies += process->ended;
    if (!is_neglected(process))
        return true;
    if (census->lead == 0)
        census->elected = process->parent;
    census->lead += process->parent == census->elected ? 1 : -1;
    return true;
}

static bool count(const struct process *process, void *context)
{
    struct census *census = context;
    census->neglected += is_neglected(process) && process->parent == census->elected;
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
    procfs_each(vote, &census);
    text_add(text, ", zombies %d", census.zombies);
    procfs_each(count, &census);
    if (census.neglected > 0 && procfs_read(census.elected, &parent))
        text_add(text, " of which %d are children that pid %d (%s) does not wait for",
                 census.neglected, parent.pid, parent.name);
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
