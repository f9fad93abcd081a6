/* pair: main and a second member of its process group print which of them got a signal: main prints
   "signal N" for each that it gets, and "member signal N" before that if the other one got it, too.
   TERM ends them. The member reports its signals to main through a pipe, so the order of the lines
   is certain. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { MEMBER_MS = 400 }; /* by then it has got the signal, or it does not get it */

static int wait_for_signal(void)
{
    sigset_t all;
    int number;
    sigfillset(&all);
    return sigwait(&all, &number) == 0 ? number : 0;
}

static void be_member(int tell)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        char number = (char)wait_for_signal();
        if (write(tell, &number, 1) != 1)
            _exit(EXIT_FAILURE);
    }
}

int main(void)
{
    int told[2];
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (pipe(told) < 0)
        return EXIT_FAILURE;
    pid_t member = fork();
    if (member < 0)
        return EXIT_FAILURE;
    if (member == 0)
        be_member(told[1]);
    puts("ready");
    for (int number = 0; number != SIGTERM;) {
        number = wait_for_signal();
        struct pollfd poll_told = {.fd = told[0], .events = POLLIN};
        char also;
        if (poll(&poll_told, 1, MEMBER_MS) == 1 && read(told[0], &also, 1) == 1)
            printf("member signal %d\n", also);
        printf("signal %d\n", number);
    }
    return EXIT_SUCCESS;
}
