/* procfs.c - see procfs.h. Any thread; allocates nothing. */
#include "process/procfs.h"

#include <limits.h>
#include <string.h>
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

bool procfs_descends(pid_t pid, pid_t ancestor)
{
    struct process process;
    while (pid > 1 && procfs_read(pid, &process)) {
        if (process.parent == ancestor)
            return true;
        pid = process.parent;
    }
    return false;
}
