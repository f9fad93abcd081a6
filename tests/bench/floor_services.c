/*
 * The floor of supervision: `floor_services COUNT PROGRAM` keeps so many processes of one program
 * running, as a plain single-threaded supervisor does it: a handler that writes to a pipe of its
 * own, poll(2), a fork(2) for each start and a pipe that tells of a failed exec. At TERM it passes
 * the signal on and leaves when all are gone. No configuration, no state, no message, no other
 * signal: a measure and no supervisor. It stands for those of this make that are not in Debian.
 * Built with musl, static, as foster is.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4096, NOT_FOUND = 127, SOME = 64 };

static int wake[2];
static volatile sig_atomic_t stopping;
static pid_t pids[MOST];
static int count, running;

static void handle(int signal)
{
    int saved = errno;

    if (signal == SIGTERM)
        stopping = 1;
    if (write(wake[1], "", 1) == -1)
        errno = saved; /* it is full: it will be read anyway */
    errno = saved;
}

/* Returns when the program runs, or cannot. */
static void start(int index, char *program)
{
    int failed[2];
    char byte;
    pid_t child;

    if (pipe2(failed, O_CLOEXEC) == -1)
        _exit(NOT_FOUND);
    child = fork();
    if (child == 0) {
        setsid();
        execv(program, (char *[]){program, NULL});
        _exit(write(failed[1], "", 1) == 1 ? NOT_FOUND : NOT_FOUND + 1);
    }
    close(failed[1]);
    if (child == -1 || read(failed[0], &byte, 1) != 0)
        _exit(NOT_FOUND);
    close(failed[0]);
    pids[index] = child;
    running++;
}

static void end(pid_t pid, char *program)
{
    for (int i = 0; i < count; i++) {
        if (pids[i] != pid)
            continue;
        running--;
        if (!stopping)
            start(i, program);
        return;
    }
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    char bytes[SOME];
    int passed_on = 0;
    pid_t pid;

    if (argc != 3 || (count = atoi(argv[1])) > MOST || pipe2(wake, O_CLOEXEC | O_NONBLOCK) == -1)
        return NOT_FOUND;
    sigfillset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    for (int i = 0; i < count; i++)
        start(i, argv[2]);
    while (!stopping || running > 0) {
        struct pollfd own = {.fd = wake[0], .events = POLLIN};

        poll(&own, 1, -1);
        while (read(wake[0], bytes, sizeof bytes) > 0)
            continue;
        for (int i = 0; stopping && !passed_on && i < count; i++)
            kill(pids[i], SIGTERM);
        passed_on = stopping;
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            end(pid, argv[2]);
    }
}
