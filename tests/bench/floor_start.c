/*
 * The floor of start: what any init must at least do, and nothing more. `floor_start -- PROGRAM
 * [argument...]` starts the program, waits for it and ends with its code: three system calls and
 * the exit, no libc. It forwards no signal and reaps nobody else's child, so it is a measure and no
 * init.
 *
 * Built with IGNORES_NOTHING it is floor_signals: its child lets no signal be ignored that it has
 * inherited as such, 62 system calls more. An init that does not do that is quicker, and starts
 * programs that do not hear SIGINT, say.
 *
 * The child of a vfork runs on its parent's stack. That is safe here because the parent needs
 * nothing after the clone but its result, which is in a register.
 */
#include "raw.h"
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

enum { FIRST_ARGUMENT = 2, NOT_FOUND = 127, SIGNAL_BASE = 128 };

#ifdef IGNORES_NOTHING
enum { SIGNALS = 64, KERNEL_ACTION_WORDS = 4 };

static void prepare_signals(void)
{
    static const long default_action[KERNEL_ACTION_WORDS];

    for (int signal = 1; signal <= SIGNALS; signal++) {
        if (signal != SIGKILL && signal != SIGSTOP)
            raw(SYS_rt_sigaction, signal, (long)default_action, 0, SIGNALS / 8);
    }
}
#else
static void prepare_signals(void)
{
}
#endif

_Noreturn void start(long *stack)
{
    char **argv = (char **)(stack + 1);
    char **environment = argv + stack[0] + 1;
    int status = 0;
    long child = raw(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0);

    if (child == 0) {
        prepare_signals();
        raw(SYS_execve, (long)argv[FIRST_ARGUMENT], (long)(argv + FIRST_ARGUMENT),
            (long)environment, 0);
        raw_exit(NOT_FOUND);
    }
    raw(SYS_wait4, child, (long)&status, 0, 0);
    raw_exit(WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_BASE + WTERMSIG(status));
}
