/*
 * One process starts the others, so that they are one group to be killed and its own children: the
 * harness waits for one child only.
 */
#include "crowd.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t leader;

static _Noreturn void idle(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        pause();
}

/* Writes how many there are, and waits for the end. */
static _Noreturn void lead(int count, int answer)
{
    int started = 0;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (started < count) {
        pid_t pid = fork();

        if (pid == 0)
            idle();
        if (pid < 0)
            break;
        started++;
    }
    if (write(answer, &started, sizeof started) != sizeof started)
        _exit(EXIT_FAILURE);
    idle();
}

bool start_crowd(int count)
{
    int answer[2], started = 0;

    if (pipe(answer) != 0)
        return false;
    leader = fork();
    if (leader == 0)
        lead(count, answer[1]);
    close(answer[1]);
    if (leader < 0 || read(answer[0], &started, sizeof started) != sizeof started)
        started = 0;
    close(answer[0]);
    return started == count;
}

void end_crowd(void)
{
    if (leader <= 0)
        return;
    kill(-leader, SIGKILL);
    kill(leader, SIGKILL);
    waitpid(leader, NULL, 0);
    leader = 0;
}
