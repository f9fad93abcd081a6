/* procfs.c - see procfs.h. Any thread; allocates nothing. */
#include "process/procfs.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/file.h"
#include "base/text.h"

bool procfs_is_ours(void)
{
    char self[DECIMAL_MAX], digits[DECIMAL_MAX];
    ssize_t length = readlink("/proc/self", self, sizeof self - 1);
    if (length <= 0)
        return false;
    self[length] = '\0';
    return strcmp(self, text_decimal(digits, getpid())) == 0;
}

/* The line is `pid (name) state parent ...`, and a name may hold anything, also ") R 1": the last ')' ends it. */
static bool parse_stat(char *line, struct process *process)
{
    char *open = strchr(line, '('), *close = strrchr(line, ')');
    if (open == NULL || close == NULL || close < open)
        return false;
    size_t length = (size_t)(close - open) - 1;
    if (length >= sizeof process->name)
        length = sizeof process->name - 1;
    memcpy(process->name, open + 1, length);
    process->name[length] = '\0';
    if (strlen(close) < sizeof ") S 0" - 1)
        return false;
    process->state = close[2];
    process->parent = (pid_t)text_number(close + 4, NULL);
    return true;
}

bool procfs_read(pid_t pid, struct process *process)
{
    enum { HEAD = 256 };
    char path[sizeof "/proc//stat" + DECIMAL_MAX] = "/proc/";
    char digits[DECIMAL_MAX], line[HEAD];
    strcat(strcat(path, text_decimal(digits, pid)), "/stat");
    process->pid = pid;
    return file_head(path, line, sizeof line) > 0 && parse_stat(line, process);
}

void procfs_each(bool (*visit)(const struct process *, void *), void *context)
{
    struct directory directory;
    if (!directory_open(&directory, "/proc"))
        return;
    const char *name;
    bool more = true;
    while (more && (name = directory_next(&directory)) != NULL) {
        struct process process;
        long pid;
        if (text_to_number(name, 1, INT_MAX, &pid) && procfs_read((pid_t)pid, &process))
            more = visit(&process, context);
    }
    directory_close(&directory);
}

bool procfs_signal(const struct process *process, int signal, bool (*is_meant)(const struct process *, void *),
                   void *context)
{
    int fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    bool sent = is_meant(process, context) &&
                (fd == -1 ? kill(process->pid, signal) : syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0)) == 0;
    if (fd != -1)
        close(fd);
    return sent;
}

/* One walk from parent to parent; *lost if a parent could not be read: reaped between two looks, or hidden from us. */
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
    enum { WALKS = 3 }; /* whoever lost a parent has a new one at the next walk; a hidden one stays hidden */
    bool lost = true, found = false;
    for (int i = 0; i < WALKS && lost && !found; i++)
        found = walk_up(pid, ancestor, &lost);
    return found;
}
