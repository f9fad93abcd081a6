/* terminal.c - see terminal.h. */
#include "process/terminal.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "process/signals.h"

/* In a pid namespace a group from outside is 0, in both answers: unshare(1) from a shell in a terminal. That it was put
 * into the background there cannot be told from here. */
bool terminal_is_ours(void)
{
    pid_t foreground = tcgetpgrp(STDIN_FILENO);
    return foreground != -1 && foreground == getpgrp();
}

void terminal_take(void)
{
    tcsetpgrp(STDIN_FILENO, getpgrp());
}

void terminal_release(void)
{
    if (getsid(0) != getpid() || !terminal_is_ours() || ioctl(STDIN_FILENO, TIOCNOTTY) == -1)
        return;
    signals_discard(SIGHUP);
    signals_discard(SIGCONT);
}

void terminal_adopt(void)
{
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}
