/* state: prints what this process was started with, one key=value a line, without /proc. The sets
   of signals have the form of /proc/PID/status. "none" means that there is no such thing. */

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_FDS = 256, SIGNALS = 64 };

/* The kernel's struct sigaction: musl's functions leave out the signals 32 to 34. */
struct action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long long mask;
};

static void print_signals(void)
{
    unsigned long long blocked = 0, ignored = 0, caught = 0;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, sizeof blocked);
    for (int number = 1; number <= SIGNALS; number++) {
        struct action action = {0};
        syscall(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask);
        unsigned long long bit = 1ULL << (number - 1);
        if (action.handler == SIG_IGN)
            ignored |= bit;
        else if (action.handler != SIG_DFL)
            caught |= bit;
    }
    printf("SigBlk=%016llx\nSigIgn=%016llx\nSigCgt=%016llx\n", blocked, ignored, caught);
}

static void print_foreground(void)
{
    pid_t foreground = tcgetpgrp(STDIN_FILENO);
    if (foreground < 0)
        puts("foreground=none");
    else
        printf("foreground=%d\n", (int)foreground);
}

static void print_fds(void)
{
    printf("fds=");
    const char *space = "";
    for (int fd = 0; fd < MOST_FDS; fd++)
        if (fcntl(fd, F_GETFD) >= 0) {
            printf("%s%d", space, fd);
            space = " ";
        }
    putchar('\n');
}

static void print_variable(const char *name)
{
    const char *value = getenv(name);
    printf("%s=%s\n", name, value ? value : "none");
}

int main(void)
{
    char cwd[PATH_MAX];
    printf("pid=%d\nppid=%d\n", (int)getpid(), (int)getppid());
    printf("pgrp=%d\nsession=%d\n", (int)getpgrp(), (int)getsid(0));
    print_foreground();
    print_signals();
    printf("cwd=%s\n", getcwd(cwd, sizeof cwd) ? cwd : "none");
    print_fds();
    print_variable("LISTEN_PID");
    print_variable("LISTEN_FDS");
    return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
