/*
 * hopper N: N processes that fork and exit for ever, each in a session of its own and deaf to TERM, while it sleeps for
 * some time and exits with 4. So there is always somebody new, and the dead are many.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { TIME_US = 200000, PAUSE_US = 1000, CODE = 4 };

static _Noreturn void hop(void)
{
    signal(SIGTERM, SIG_IGN);
    for (;;) {
        pid_t child = fork();
        if (child > 0)
            _exit(0);
        if (child == -1)
            usleep(PAUSE_US);
        setsid();
    }
}

int main(int count, char **words)
{
    for (int i = count > 1 ? atoi(words[1]) : 1; i > 0; i--)
        if (fork() == 0)
            hop();
    usleep(TIME_US);
    return CODE;
}
