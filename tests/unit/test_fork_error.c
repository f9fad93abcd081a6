/*
 * test_fork_error.c - why no process can be forked. The wrapped functions play /proc and the
 * cgroup, because this machine's processes and limits would give another reason each time.
 */
#include "process/fork_error.h"

#include "process/cgroup.h"
#include "process/procfs.h"

#include "kit.h"

enum { ANOTHER = 1 << 22 }; /* above any pid: it is not ours */

static const struct process *processes; /* a list that pid 0 ends; NULL: there is no /proc */
static const char *pids_used, *pids_most;

bool __wrap_procfs_is_ours(void);
bool __wrap_procfs_is_ours(void)
{
    return processes != NULL;
}

void __wrap_procfs_each(bool (*visit)(const struct process *process, void *context), void *context);
void __wrap_procfs_each(bool (*visit)(const struct process *process, void *context), void *context)
{
    for (const struct process *process = processes; process->pid != 0; process++)
        if (!visit(process, context))
            return;
}

bool __wrap_procfs_read(pid_t pid, struct process *found);
bool __wrap_procfs_read(pid_t pid, struct process *found)
{
    found->pid = pid;
    for (const struct process *process = processes; process->pid != 0; process++)
        if (process->pid == pid) {
            *found = *process;
            return true;
        }
    return false;
}

bool __wrap_cgroup_read(const struct cgroup_file *file, char *content, size_t size);
bool __wrap_cgroup_read(const struct cgroup_file *file, char *content, size_t size)
{
    const char *value = strcmp(file->v2, "pids.max") == 0 ? pids_most : pids_used;
    ck_assert_str_eq(file->controller, "pids");
    ck_assert_str_eq(file->v1, file->v2);
    if (value != NULL)
        snprintf(content, size, "%s", value);
    return value != NULL;
}

static void assert_explained(int error, const char *words)
{
    struct text text;
    text_clear(&text);
    fork_error_explain(&text, error);
    ck_assert_str_eq(text.bytes, words);
}

#define NO_PROCESS "no new process: Resource temporarily unavailable"
#define REMEDY     "; raise the pids limit, or ulimit -u"

START_TEST(nothing_is_known)
{
    assert_explained(EAGAIN, NO_PROCESS REMEDY);
    pids_used = "3";
    assert_explained(EAGAIN, NO_PROCESS REMEDY);
}
END_TEST

START_TEST(another_error)
{
    pids_used = pids_most = "3";
    assert_explained(ENOMEM, "no new process: Cannot allocate memory");
    assert_explained(ENOSYS, "no new process: Function not implemented");
}
END_TEST

START_TEST(the_pids_limit)
{
    pids_used = "50";
    pids_most = "50";
    assert_explained(EAGAIN, NO_PROCESS ", pids.current 50, pids.max 50" REMEDY);
}
END_TEST

START_TEST(no_zombies)
{
    processes = (const struct process[]){{.pid = ANOTHER, .parent = 1, .name = "idle"}, {.pid = 0}};
    assert_explained(EAGAIN, NO_PROCESS ", zombies 0" REMEDY);
}
END_TEST

START_TEST(zombies_of_our_own)
{
    processes = (const struct process[]){{.pid = ANOTHER, .parent = getpid(), .ended = true},
                                         {.pid = ANOTHER + 1, .parent = getpid(), .ended = true},
                                         {.pid = 0}};
    assert_explained(EAGAIN, NO_PROCESS ", zombies 2" REMEDY);
}
END_TEST

START_TEST(zombies_of_another)
{
    processes = (const struct process[]){{.pid = ANOTHER, .parent = 1, .name = "busy server"},
                                         {.pid = ANOTHER + 1, .parent = ANOTHER, .ended = true},
                                         {.pid = ANOTHER + 2, .parent = getpid(), .ended = true},
                                         {.pid = ANOTHER + 3, .parent = ANOTHER, .ended = true},
                                         {.pid = ANOTHER + 4, .parent = ANOTHER},
                                         {.pid = 0}};
    assert_explained(EAGAIN, NO_PROCESS
                     ", zombies 3 of which 2 are children that pid 4194304 (busy server) does not "
                     "wait for" REMEDY);
}
END_TEST

/* One parent has a zombie that it will wait for in a moment; the other has them all. */
START_TEST(the_worst_parent_is_named)
{
    processes = (const struct process[]){{.pid = ANOTHER, .parent = 1, .name = "careful"},
                                         {.pid = ANOTHER + 1, .parent = 1, .name = "careless"},
                                         {.pid = ANOTHER + 2, .parent = ANOTHER, .ended = true},
                                         {.pid = ANOTHER + 3, .parent = ANOTHER + 1, .ended = true},
                                         {.pid = ANOTHER + 4, .parent = ANOTHER + 1, .ended = true},
                                         {.pid = ANOTHER + 5, .parent = ANOTHER + 1, .ended = true},
                                         {.pid = 0}};
    assert_explained(EAGAIN, NO_PROCESS
                     ", zombies 4 of which 3 are children that pid 4194305 (careless) does not "
                     "wait for" REMEDY);
}
END_TEST

int main(void)
{
    return RUN_TESTS("fork_error", nothing_is_known, another_error, the_pids_limit, no_zombies,
                     zombies_of_our_own, zombies_of_another, the_worst_parent_is_named);
}
