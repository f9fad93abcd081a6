/*
 * The floor of an init's life: `floor_loop -- PROGRAM [argument...]` is the shortest loop that
 * forwards signals, reaps every child and ends with its main's code. No option, no message, no
 * process group, no grace at the end. Built with musl, static, as foster is.
 */
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_ARGUMENT = 2, NOT_FOUND = 127, SIGNAL_BASE = 128 };

static pid_t start(char **argv)
{
    pid_t child = vfork();

    if (child == 0) {
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execv(argv[0], argv);
        _exit(NOT_FOUND);
    }
    return child;
}

/* Reaps all children that have ended; true if main was among them, whose wait status is then in
 * *status. */
static bool reap(pid_t main_pid, int *status)
{
    bool ended = false;
    pid_t pid;
    int word;

    while ((pid = waitpid(-1, &word, WNOHANG)) > 0) {
        if (pid == main_pid) {
            ended = true;
            *status = word;
        }
    }
    return ended;
}

int main(int argc, char **argv)
{
    sigset_t all;
    pid_t main_pid;
    int status;

    if (argc <= FIRST_ARGUMENT)
        return NOT_FOUND;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    main_pid = start(argv + FIRST_ARGUMENT);
    for (;;) {
        int number = sigwaitinfo(&all, NULL);

        if (number != SIGCHLD)
            kill(main_pid, number);
        else if (reap(main_pid, &status))
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_BASE + WTERMSIG(status));
    }
}
