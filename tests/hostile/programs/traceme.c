/*
 * traceme MODE [CODE [FILE]] - asks its parent to trace it, as programs do against debuggers, and
 * so stops at each signal and exec until the parent lets it continue. It ends with CODE, 42 by
 * default, if no stop was taken for its end. The modes:
 *
 * - raise: sends itself a signal that it handles.
 * - again: the same a hundred times, and asks to be traced each time.
 * - exec: runs itself again.
 * - child: has a child that ends, SIGCHLD.
 * - thread: as raise, in a second thread, the only one that is traced.
 * - wait: prints a line when it is ready, and waits for SIGTERM, which it handles.
 * - orphan: as raise, in a process that foster has adopted; it writes its exit code to FILE.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WELL = 42, BADLY = 1, TIMES = 100 };

static volatile sig_atomic_t handled;

static void handle(int signal)
{
    (void)signal;
    handled++;
}

static int trace_and_raise(void)
{
    int before = handled;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        return -1;
    raise(SIGUSR1);
    return handled == before + 1 ? 0 : -1;
}

static void *in_thread(void *result)
{
    *(int *)result = trace_and_raise();
    return NULL;
}

static int by_thread(void)
{
    pthread_t thread;
    int result = -1;
    pthread_create(&thread, NULL, in_thread, &result);
    pthread_join(thread, NULL);
    return result;
}

static int again(void)
{
    int result = 0;
    for (int i = 0; i < TIMES && result == 0; i++)
        result = trace_and_raise();
    return result;
}

static int with_child(void)
{
    int status = -1;
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    while (waitpid(child, &status, 0) == -1)
        ;
    return status;
}

static int wait_for_term(void)
{
    sigset_t term, none;
    sigemptyset(&none);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    signal(SIGTERM, handle);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    puts("ready");
    fflush(stdout);
    while (handled == 0)
        sigsuspend(&none);
    return 0;
}

static int as_orphan(const char *path)
{
    pid_t parent = getpid();
    if (fork() != 0)
        _exit(WELL);
    while (getppid() == parent)
        ;
    int result = trace_and_raise();
    FILE *file = fopen(path, "w");
    fprintf(file, "%d\n", result);
    return fclose(file) == 0 ? result : -1;
}

static int run(const char *mode, char **argv)
{
    if (strcmp(mode, "raise") == 0)
        return trace_and_raise();
    if (strcmp(mode, "again") == 0)
        return again();
    if (strcmp(mode, "thread") == 0)
        return by_thread();
    if (strcmp(mode, "child") == 0)
        return with_child();
    if (strcmp(mode, "wait") == 0)
        return wait_for_term();
    if (strcmp(mode, "orphan") == 0)
        return as_orphan(argv[3]);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    argv[1] = (char[]){"end"};
    execvp(argv[0], argv);
    return -1;
}

int main(int argc, char **argv)
{
    int code = argc > 2 ? atoi(argv[2]) : WELL;
    signal(SIGUSR1, handle);
    if (argc < 2)
        return BADLY;
    if (strcmp(argv[1], "end") == 0)
        return code;
    return run(argv[1], argv) == 0 ? code : BADLY;
}
