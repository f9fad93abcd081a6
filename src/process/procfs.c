/* procfs.c - see procfs.h. */
#include "process/procfs.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/file.h"
#include "base/proc_path.h"
#include "base/text.h"

bool procfs_is_ours(void)
{
    char self[DECIMAL_MAX], digits[DECIMAL_MAX];
    ssize_t length = readlink(PROC "/self", self, sizeof self - 1);
    if (length <= 0)
        return false;
    self[length] = '\0';
    return strcmp(self, text_decimal(digits, getpid())) == 0;
}

/* proc(5) counts the fields of a line of /proc/PID/stat from 1. */
enum { FIELD_STATE = 3, FIELD_PARENT = 4, FIELD_THREADS = 20 };

/* The field of that number, behind the state; empty if there are fewer. */
static const char *stat_field(const char *state, int number)
{
    for (int i = FIELD_STATE; i < number && *state != '\0'; i++) {
        state += strcspn(state, " ");
        state += *state == ' ';
    }
    return state;
}

/* The first thread is counted, also when it has ended, until the last one has (get_nr_threads() in
 * fs/proc/array.c). */
static bool all_threads_ended(const char *state)
{
    return (*state == 'Z' || *state == 'X') &&
           text_number(stat_field(state, FIELD_THREADS), NULL) <= 1;
}

/* The line is `pid (name) state parent ...`. A name may have any characters, also ") R 1": the last
 * ')' ends it. */
static bool parse_stat(char *line, struct process *process)
{
    char *open = strchr(line, '('), *close = strrchr(line, ')');
    if (open == NULL || close == NULL || close < open || strlen(close) < sizeof ") S 0" - 1)
        return false;
    size_t length = (size_t)(close - open) - 1;
    if (length >= sizeof process->name)
        length = sizeof process->name - 1;
    memcpy(process->name, open + 1, length);
    process->name[length] = '\0';
    const char *state = close + sizeof ") " - 1;
    process->ended = all_threads_ended(state);
    process->stopped = *state == 'T';
    process->parent = (pid_t)text_number(stat_field(state, FIELD_PARENT), NULL);
    return true;
}

ssize_t procfs_head(pid_t pid, const char *name, char *head, size_t size)
{
    char path[PROC_PATH_MAX];
    proc_path(path, "/", pid, name);
    return file_head(path, head, size);
}

int64_t procfs_number(pid_t pid, const char *name, const char *key)
{
    enum { WHOLE = 2048 };
    char lines[WHOLE];
    if (procfs_head(pid, name, lines, sizeof lines) <= 0)
        return -1;
    for (const char *line = lines; *line != '\0'; line += *line == '\n') {
        if (strncmp(line, key, strlen(key)) == 0)
            return text_number(line + strlen(key) + strspn(line + strlen(key), " \t"), NULL);
        line += strcspn(line, "\n");
    }
    return -1;
}

bool procfs_read(pid_t pid, struct process *process)
{
    enum { HEAD = 512 }; /* as far as FIELD_THREADS: a name, and 19 numbers of up to 20 digits */
    char line[HEAD];
    process->pid = pid;
    return procfs_head(pid, "/stat", line, sizeof line) > 0 && parse_stat(line, process);
}

bool procfs_walk(int *at, bool (*visit)(pid_t, void *), void *context)
{
    struct directory directory;
    const char *name;
    long pid;
    bool more = true;
    if (!directory_open(&directory, PROC))
        return true;
    directory_seek(&directory, *at);
    while (more && (name = directory_next(&directory)) != NULL)
        more = !text_to_number(name, 1, INT_MAX, &pid) || visit((pid_t)pid, context);
    /* It fits: a pid plus a constant (proc_pid_readdir() in fs/proc/base.c). */
    *at = more ? 0 : (int)directory.next;
    directory_close(&directory);
    return more;
}

struct reading {
    bool (*visit)(const struct process *process, void *context);
    void *context;
};

static bool read_and_visit(pid_t pid, void *context)
{
    const struct reading *reading = context;
    struct process process;
    return !procfs_read(pid, &process) || reading->visit(&process, reading->context);
}

void procfs_each(bool (*visit)(const struct process *, void *), void *context)
{
    procfs_walk(&(int){0}, read_and_visit, &(struct reading){visit, context});
}

/* The file is about the pid namespace of its reader, not of its mount: pid_ns_ctl_handler() in
 * kernel/pid_namespace.c, Linux 3.3 with CONFIG_CHECKPOINT_RESTORE. The first time takes two system
 * calls, then one; the libc's open(3) alone takes two. */
pid_t procfs_last_pid(int *file)
{
    char digits[DECIMAL_MAX] = "";
    if (*file == -1)
        *file = (int)syscall(SYS_openat, AT_FDCWD, PROC "/sys/kernel/ns_last_pid",
                             O_RDONLY | O_CLOEXEC);
    return pread(*file, digits, sizeof digits - 1, 0) > 0 ? (pid_t)text_number(digits, NULL) : 0;
}

/* One walk from parent to parent. *lost is set if a parent could not be read: it was reaped
 * meanwhile, or is hidden from foster (hidepid, proc(5)). */
static bool walk_up(pid_t pid, pid_t ancestor, bool *lost)
{
    struct process process;
    *lost = false;
    for (pid_t next = pid; next > 1; next = process.parent) {
        if (!procfs_read(next, &process)) {
            *lost = next != pid;
            return false;
        }
        if (process.parent == ancestor)
            return true;
    }
    return false;
}

bool procfs_descends(pid_t pid, pid_t ancestor)
{
    /* A process whose parent was reaped has a new one by the next walk; a hidden one stays hidden.
     */
    enum { WALKS = 3 };
    bool lost = true, found = false;
    for (int i = 0; i < WALKS && lost && !found; i++)
        found = walk_up(pid, ancestor, &lost);
    return found;
}

bool procfs_process_descends(const struct process *process, pid_t ancestor)
{
    return process->parent == ancestor || procfs_descends(process->pid, ancestor);
}
