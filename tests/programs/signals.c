/* signals [-x SIGNAL CODE]: prints each signal that it gets, until SIGNAL (TERM by default) ends it
   with CODE (0). Signals are blocked and waited for, not handled: none is lost before "ready", and
   none interrupts a write. Raw system calls, because musl's functions leave out the signals 32 to
   34, which it uses itself. */

#include "signal_number.h"
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int end_signal = SIGTERM, end_code = 0;
    if (argc == 4 && strcmp(argv[1], "-x") == 0) {
        end_signal = signal_number(argv[2]);
        end_code = atoi(argv[3]);
    } else if (argc != 1) {
        fputs("usage: signals [-x SIGNAL CODE]\n", stderr);
        return 2;
    }

    unsigned long long every_signal = ~0ULL;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &every_signal, NULL, sizeof every_signal);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready %d\n", (int)getpid());
    for (;;) {
        siginfo_t info;
        int number = syscall(SYS_rt_sigtimedwait, &every_signal, &info, NULL, sizeof every_signal);
        if (number < 0 && errno == EINTR)
            continue; /* stopped and continued */
        if (info.si_code == SI_QUEUE)
            printf("signal %d value %d\n", number, info.si_value.sival_int);
        else
            printf("signal %d\n", number);
        if (number == end_signal)
            return end_code;
    }
}
