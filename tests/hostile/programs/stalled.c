/* stalled ROOM PROGRAM...: runs the program with a terminal as stderr that has room for about ROOM
   bytes and that no process reads. Exits with its exit code, or with 128 and the number of the
   signal that ended it. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { SIGNALLED = 128, FAILED = 77 };

static int terminal(int *master)
{
    *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*master == -1 || grantpt(*master) == -1 || unlockpt(*master) == -1)
        exit(FAILED);
    return open(ptsname(*master), O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static void fill(int slave)
{
    static const char bytes[4096];
    fcntl(slave, F_SETFL, O_NONBLOCK);
    for (size_t length = sizeof bytes; length > 0; length /= 2)
        while (write(slave, bytes, length) > 0)
            ;
    fcntl(slave, F_SETFL, 0);
}

static void leave_room(int master, long room)
{
    char bytes[256];
    while (room > 0) {
        ssize_t got = read(master, bytes, room < (long)sizeof bytes ? (size_t)room : sizeof bytes);
        if (got <= 0)
            exit(FAILED);
        room -= got;
    }
}

int main(int argc, char **argv)
{
    int master, slave = terminal(&master), status;
    if (argc < 3 || slave == -1)
        return FAILED;
    fill(slave);
    leave_room(master, atol(argv[1]));
    pid_t pid = fork();
    if (pid == 0) {
        dup2(slave, STDERR_FILENO);
        execvp(argv[2], argv + 2);
        _exit(FAILED);
    }
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
}
