/* fork_error.c - see fork_error.h. */
#include "process/fork_error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "process/cgroup.h"
#include "process/procfs.h"

/* The zombies of other parents, and the first such parent. */
struct census {
    long zombies;
    struct process neglectful;
    long neglected; /* of that parent */
};

static bool count(const struct process *process, void *context)
{
    struct census *census = context;
    if (process->state != PROCESS_ZOMBIE)
        return true;
    census->zombies++;
    if (process->parent == getpid())
        return true;
    if (census->neglected == 0)
        procfs_read(process->parent, &census->neglectful);
    if (process->parent == census->neglectful.pid)
        census->neglected++;
    return true;
}

static void add_pids(struct text *text)
{
    static const struct cgroup_file current = {"pids", "pids.current", "pids.current"};
    static const struct cgroup_file limit = {"pids", "pids.max", "pids.max"};
    char used[DECIMAL_MAX], most[DECIMAL_MAX];
    if (cgroup_read(&current, used, sizeof used) && cgroup_read(&limit, most, sizeof most))
        text_add(text, ", pids.current ", used, ", pids.max ", most);
}

static void add_zombies(struct text *text)
{
    struct census census = {0};
    if (!procfs_is_ours())
        return;
    procfs_each(count, &census);
    text_add(text, ", zombies ", DECIMAL(census.zombies));
    if (census.neglected > 0)
        text_add(text, " of which ", DECIMAL(census.neglected), " are children that pid ",
                 DECIMAL(census.neglectful.pid), " (", census.neglectful.name, ") does not wait for");
}

void fork_explain(struct text *text, int error)
{
    text_add(text, "no new process: ", strerror(error));
    if (error != EAGAIN)
        return;
    add_pids(text);
    add_zombies(text);
    text_add(text, "; raise the pids limit, or ulimit -u");
}
