/*
 * outsider PID - makes a zombie in the pid namespace of PID. Its parent, outside the namespace,
 * does not reap it as long as it lives. Prints "ready" when the zombie is there. Needs root.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIFETIME_SECONDS = 60 };

int main(int argc, char **argv)
{
    char path[64];
    siginfo_t end;
    snprintf(path, sizeof path, "/proc/%s/ns/pid", argc > 1 ? argv[1] : "");
    if (setns(open(path, O_RDONLY | O_CLOEXEC), CLONE_NEWPID) == -1)
        return 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT) == -1)
        return 1;
    dprintf(STDOUT_FILENO, "ready\n");
    sleep(LIFETIME_SECONDS);
    return 0;
}
