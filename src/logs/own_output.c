/*
 * own_output.c - see own_output.h.
 *
 * A service of another user may write to the descriptor that it inherits, but to open /dev/stdout
 * it needs the permission of the inode (moby#31243). So this gives nothing that the service has
 * not.
 */
#include "logs/own_output.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static void let_all_open(int fd)
{
    static const mode_t writable_by_all = S_IWUSR | S_IWGRP | S_IWOTH;
    struct stat status;
    if (fstat(fd, &status) == -1 || (status.st_mode & writable_by_all) == writable_by_all)
        return;
    if ((S_ISFIFO(status.st_mode) || isatty(fd)) &&
        fchmod(fd, (status.st_mode | writable_by_all) & ~(mode_t)S_IFMT) == -1)
        log_line(LOG_DEBUG, "other users cannot open /dev/stdout: %s", strerror(errno));
}

/* Not again after a failure, which would be the same. */
void own_output_let_all_open(void)
{
    static bool is_done;
    if (!is_done) {
        let_all_open(STDOUT_FILENO);
        let_all_open(STDERR_FILENO);
    }
    is_done = true;
}
