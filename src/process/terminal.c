/* terminal.c - see terminal.h. */
#include "process/terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* In a pid namespace both answers are 0 for a process group from outside of it, as after unshare(1)
 * in a shell: whether that group is in the foreground cannot be seen from inside. */
bool terminal_is_ours(void)
{
    pid_t foreground = tcgetpgrp(STDIN_FILENO);
    return foreground != -1 && foreground == getpgrp();
}

void terminal_take(void)
{
    tcsetpgrp(STDIN_FILENO, getpgrp());
}

int terminal_release(void)
{
    if (tcgetpgrp(STDIN_FILENO) == -1)
        return errno;
    if (getsid(0) != getpid() || !terminal_is_ours())
        return EPERM;
    return ioctl(STDIN_FILENO, TIOCNOTTY) == 0 ? 0 : errno;
}

int terminal_adopt(void)
{
    return ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0 ? 0 : errno;
}
