/*
 * storm [COUNT] - COUNT processes, 40 by default, that fork and exit for ever: the child takes the
 * parent's place, each has a session of its own and ignores TERM. Their number never grows: a
 * SIGKILL that reaches one ends it. Prints "ready" and stays until TERM.
 *
 * To spare the machine each stops at 100 children that are not reaped yet, and all end after a
 * minute.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { COUNT = 40, LIFETIME_SECONDS = 60, DEAD_MOST = 100 };

static time_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static _Noreturn void fork_until(time_t until)
{
    pid_t ancestors[DEAD_MOST] = {0};
    signal(SIGTERM, SIG_IGN);
    for (unsigned i = 0; seconds() < until;) {
        pid_t *oldest = &ancestors[i % DEAD_MOST];
        if (*oldest != 0 && kill(*oldest, 0) == 0)
            continue;
        *oldest = getpid();
        pid_t pid = fork();
        if (pid == 0) {
            setsid();
            i++;
        } else if (pid > 0) {
            break;
        }
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    time_t until = seconds() + LIFETIME_SECONDS;
    signal(SIGCHLD, SIG_IGN);
    for (int i = argc > 1 ? atoi(argv[1]) : COUNT; i > 0; i--)
        if (fork() == 0)
            fork_until(until);
    puts("ready");
    fflush(stdout);
    for (;;)
        pause();
}
