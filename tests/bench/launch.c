/*
 * Starting an init as PID 1 of a new pid namespace. The harness makes the namespace with clone
 * itself, so that no other program's start-up is in a figure. The child is a session leader, as an
 * engine's container process is, and dies with the harness.
 *
 * What can spoil a figure: the harness and the init running at once. Both are on one processor, so
 * the child yields before it takes its stamp and the harness goes to sleep meanwhile.
 */
#include "launch.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, NOT_FOUND = 127 };

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)time->tv_sec * NANOSECONDS + time->tv_nsec;
}

int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return nanoseconds(&time);
}

_Noreturn void fail(const char *init, const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", init, what);
    exit(EXIT_FAILURE);
}

_Noreturn void fail_call(const char *init, const char *call)
{
    fprintf(stderr, "measure: %s: %s: %m\n", init, call);
    exit(EXIT_FAILURE);
}

/* One word that the harness shares with the children that it forks. */
static volatile int64_t *shared_word(void)
{
    static volatile int64_t *word;

    if (word == NULL) {
        word = mmap(NULL, sizeof *word, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (word == MAP_FAILED)
            fail_call("harness", "mmap");
    }
    return word;
}

/*
 * A traced init stops at every call. Its children must not use these pauses to get ahead of it, or
 * it would find the next orphan while it looks for the last: it keeps our real-time scheduling,
 * they fall back to the ordinary one.
 */
static void be_traced(void)
{
    const struct sched_param lowest = {.sched_priority = 1};

    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest);
}

static _Noreturn void become_init(const char *init, const char *main_program, bool traced,
                                  const struct run *run)
{
    static char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    char *const arguments[] = {(char *)init, (char *)"--", (char *)main_program, NULL};

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (traced)
        be_traced();
    sched_yield();
    *run->before_exec = now();
    execve(init, arguments, environment);
    _exit(NOT_FOUND);
}

struct run launch(const char *init, const char *main_program, bool traced)
{
    struct run run = {.before_exec = shared_word()};
    int in[2], out[2];

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        fail_call(init, "pipe");
    run.before_clone = now();
    run.init = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
    if (run.init < 0)
        fail_call(init, "clone(CLONE_NEWPID)");
    if (run.init == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        become_init(init, main_program, traced, &run);
    }
    close(in[0]);
    close(out[1]);
    run.to_main = in[1];
    run.from_main = out[0];
    return run;
}

bool read_stamp(const struct run *run, int64_t *stamp)
{
    struct timespec time;

    if (read(run->from_main, &time, sizeof time) != (ssize_t)sizeof time)
        return false;
    *stamp = nanoseconds(&time);
    return true;
}

void ask_for_orphans(const struct run *run, long count)
{
    if (write(run->to_main, &count, sizeof count) != (ssize_t)sizeof count)
        fail_call("main_orphans", "write");
}

void end_input(struct run *run)
{
    close(run->to_main);
    run->to_main = -1;
}

int wait_for_end(const struct run *run)
{
    int status;

    if (wait4(run->init, &status, 0, NULL) != run->init)
        fail_call("harness", "wait4");
    return status;
}

void close_pipes(struct run *run)
{
    if (run->to_main >= 0)
        close(run->to_main);
    close(run->from_main);
}

void discard(struct run *run)
{
    kill(run->init, SIGKILL);
    wait_for_end(run);
    close_pipes(run);
}
