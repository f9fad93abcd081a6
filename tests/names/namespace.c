/* namespace.c - inside: where the init runs, and the PID 1 above it if it is not PID 1 itself. */
#include "play.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void mount_what_it_sees(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("proc", "/proc", "proc", 0, NULL) < 0)
        fail("stage: mount");
    if (play.mount_from != NULL && mount(play.mount_from, play.mount_to, NULL, MS_BIND, NULL) < 0)
        fail(play.mount_to);
    if (play.directory != NULL && chdir(play.directory) < 0)
        fail(play.directory);
}

static void take_terminal(const char *path)
{
    int fd = open(path, O_RDWR);
    if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
        fail(path);
    for (int standard = 0; standard <= 2; standard++)
        dup2(fd, standard);
    close(fd);
}

/* The kernel's own calls and structure: the C library keeps some signals to itself. */
static void set_signals(void)
{
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long long mask;
    } action = {0};
    for (int number = 1; number <= SIGNALS; number++) {
        action.handler = play.ignored[number] ? SIG_IGN : SIG_DFL;
        syscall(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &play.blocked, NULL, sizeof play.blocked);
}

static void become_init(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < play.opens; i++)
        dup2(null, play.opened[i]);
    for (int i = 0; i < play.closes; i++)
        close(play.closed[i]);
    set_signals();
    if (play.subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        fail("stage: prctl");
    execvp(play.command[0], play.command);
    fail(play.command[0]);
}

static void lead_group(void)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* it is in the background until this is done */
    setpgid(0, 0);
    if (play.foreground)
        tcsetpgrp(STDIN_FILENO, getpgrp());
}

/* Waits for the init, and then for the processes that it leaves. */
static struct verdict watch_init(pid_t init)
{
    struct verdict seen = {.left = true};
    pid_t pid;
    int status;
    while ((pid = waitpid(-1, &status, 0)) != init)
        ;
    seen.status = status;
    for (long end = now() + LEFT_MS; seen.left && now() < end; pause_ms(POLL_MS)) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        seen.left = kill(-1, 0) == 0;
    }
    return seen;
}

void live_in_namespace(const char *terminal, int out, int err, int report)
{
    int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    dup2(report, STDERR_FILENO + 1);
    report = STDERR_FILENO + 1;
    fcntl(report, F_SETFD, FD_CLOEXEC);
    syscall(SYS_close_range, report + 1, ~0U, 0);
    setsid();
    mount_what_it_sees();
    if (play.terminal)
        take_terminal(terminal);
    if (play.as_pid1)
        become_init();
    pid_t init = fork();
    if (init < 0)
        fail("stage: fork");
    if (init == 0) {
        lead_group();
        become_init();
    }
    struct verdict seen = watch_init(init);
    exit(write(report, &seen, sizeof seen) != sizeof seen);
}
