/* early SIGNAL ROUNDS COMMAND...: counts signals that are lost around the start of main.
   Each round runs COMMAND as PID 1 of a new namespace and sends SIGNAL once, as soon as /proc shows
   that COMMAND blocks it: from then on it must forward it. COMMAND must end with 128 + SIGNAL. A
   round is early if main was not yet running right after the signal was sent. Prints "rounds N
   early N lost N wrong N"; exits with 1 unless nothing was lost or wrong. A round that takes longer
   than a second counts as lost and is killed. */

#include "signal_number.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 64, TEXT_SIZE = 4096, SIGNAL_EXIT = 128, PATIENCE_SECONDS = 1, MOST_LOST = 3 };

static const char main_name[] = "sleep"; /* the name of main once it runs; COMMAND must run this */

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static pid_t start_as_pid1(char **command)
{
    pid_t pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid < 0)
        fail("early: clone");
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execvp(command[0], command);
        _exit(127);
    }
    return pid;
}

/* Reads /proc/PID/FILE; an empty text if the process is gone. */
static void read_proc(pid_t pid, const char *file, char text[TEXT_SIZE])
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? 0 : read(fd, text, TEXT_SIZE - 1);
    text[length > 0 ? length : 0] = 0;
    if (fd >= 0)
        close(fd);
}

/* The pid of the first child of the process, or 0. */
static pid_t child_of(pid_t pid)
{
    char file[PATH_SIZE], text[TEXT_SIZE];
    snprintf(file, sizeof file, "task/%d/children", (int)pid);
    read_proc(pid, file, text);
    return atoi(text);
}

static int blocks(pid_t pid, int number)
{
    static const char key[] = "\nSigBlk:\t";
    char text[TEXT_SIZE];
    read_proc(pid, "status", text);
    const char *line = strstr(text, key);
    unsigned long long blocked = line ? strtoull(line + sizeof key - 1, NULL, 16) : 0;
    return blocked >> (number - 1) & 1;
}

/* A process that waits for a signal in sigwaitinfo shows it as not blocked; by then it has a child.
 */
static int is_ready(pid_t init, int number)
{
    return blocks(init, number) || child_of(init) != 0;
}

static int main_runs(pid_t init)
{
    char text[TEXT_SIZE];
    pid_t child = child_of(init);
    if (child == 0)
        return 0;
    read_proc(child, "comm", text);
    return strncmp(text, main_name, sizeof main_name - 1) == 0;
}

/* The exit code of the process, or -1 if it had to be killed. SIGCHLD is blocked. */
static int wait_for_end(pid_t pid)
{
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    struct timespec patience = {.tv_sec = PATIENCE_SECONDS};
    int status, lost = 0;
    while (waitpid(pid, &status, lost ? 0 : WNOHANG) == 0)
        if (sigtimedwait(&child_signal, NULL, &patience) < 0 && errno == EAGAIN) {
            kill(pid, SIGKILL);
            lost = 1;
        }
    if (lost)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_EXIT + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: early SIGNAL ROUNDS COMMAND...\n", stderr);
        return 2;
    }
    int number = signal_number(argv[1]), rounds = atoi(argv[2]);
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, NULL);

    int round = 0, early = 0, lost = 0, wrong = 0;
    for (; round < rounds && lost < MOST_LOST; round++) {
        pid_t init = start_as_pid1(argv + 3);
        while (!is_ready(init, number))
            ;
        kill(init, number);
        early += !main_runs(init);
        int code = wait_for_end(init);
        lost += code < 0;
        wrong += code >= 0 && code != SIGNAL_EXIT + number;
    }
    printf("rounds %d early %d lost %d wrong %d\n", round, early, lost, wrong);
    return lost || wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
