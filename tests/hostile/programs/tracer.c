/*
 * tracer [unmarked] - a process that ends at TERM, and a daemon of it, in a session of its own,
 * that traces it and never waits for it: the parent is not told of its end (ptrace(2)), and it
 * stays a zombie. Prints "ready" when it is traced. The daemon ignores TERM, and lasts for a
 * minute. With "unmarked" it removes the mark that foster gives to each run.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LIFETIME_SECONDS = 60 };

static int trace(pid_t pid, int unmarked)
{
    struct rlimit limit;
    signal(SIGTERM, SIG_IGN);
    setsid();
    getrlimit(RLIMIT_LOCKS, &limit);
    if (unmarked)
        setrlimit(RLIMIT_LOCKS, &(struct rlimit){limit.rlim_max, limit.rlim_max});
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == -1)
        return 1;
    dprintf(STDOUT_FILENO, "ready\n");
    sleep(LIFETIME_SECONDS);
    return 0;
}

int main(int argc, char **argv)
{
    pid_t self = getpid();
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    if (fork() == 0)
        _exit(fork() == 0 ? trace(self, argc > 1 && strcmp(argv[1], "unmarked") == 0) : 0);
    for (;;)
        pause();
}
