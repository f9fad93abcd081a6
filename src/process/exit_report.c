/* exit_report.c - see exit_report.h. */
#include "process/exit_report.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "process/cgroup.h"
#include "process/trusted_path.h"
#include "process/wait_status.h"

/* For an unexpected SIGKILL: it came from the OOM killer if the cgroup has counted more kills than
 * were reported. The counter is not read at the start, which would take longer: a container's
 * cgroup begins with zero. Linux before 4.13 does not count. */
static void add_oom(struct text *text)
{
    static long reported;
    long kills = cgroup_oom_kills() - reported;
    if (kills <= 0)
        return;
    reported += kills;
    text_add(text, "; out of memory: the kernel's OOM killer has ended %jd%s here, memory limit ",
             (intmax_t)kills, kills == 1 ? " process" : " processes");
    if (!cgroup_add_memory_limit(text))
        text_add(text, "unknown");
    text_add(text, "; raise it or use less");
}

bool exit_report_is_expected(int status, uint64_t expected)
{
    return WIFSIGNALED(status) && (expected & SIGNAL_BIT(WTERMSIG(status))) != 0;
}

void exit_report_append(struct text *text, int status, milliseconds lifetime, bool expected)
{
    wait_status_append(text, status);
    text_add(text, " after ");
    duration_append(text, lifetime);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !expected)
        add_oom(text);
}

void exit_report_write(const char *path, const struct text *line)
{
    int fd = path == NULL ? -1 : trusted_path_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    if (fd == -1)
        return;
    struct stat file;
    if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size == 0)
        file_write_all(fd, line->bytes, line->length); /* the same line is on stderr */
    close(fd);
}
