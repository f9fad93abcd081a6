/* narrow: has no room for queued signals (RLIMIT_SIGPENDING). Prints which of the signals 40 and
   USR1 it gets, and whether with a value, until USR1. Signals are blocked and waited for: none is
   lost before "ready". */

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

enum { QUEUED = 40 };

int main(void)
{
    sigset_t set;
    siginfo_t info = {0};
    sigemptyset(&set);
    sigaddset(&set, QUEUED);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){0, 0});
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("ready");
    while (info.si_signo != SIGUSR1) {
        sigwaitinfo(&set, &info);
        printf("signal %d%s\n", info.si_signo, info.si_code == SI_QUEUE ? " with a value" : "");
    }
    return 3;
}
