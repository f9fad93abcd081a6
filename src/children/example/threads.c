/*
 * threads.c - libfoster in a program with threads: each thread runs a command and awaits its wait
 * status. Any other process that ends below this one is adopted and reaped.
 *
 * Build: cc threads.c $(pkg-config --cflags --libs foster) -pthread
 */
#include <foster.h>

#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

extern char **environ;

/* Way 2 of foster.h: a handler, which may run in any thread. */
static void on_sigchld(int signal)
{
    (void)signal;
    children_sigchld();
}

/* A children_start: a function that starts one process and returns its pid. */
static pid_t start_shell(void *command)
{
    char *argv[] = {"sh", "-c", command, NULL};
    pid_t pid;
    int error = posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ);
    return error == 0 ? pid : -error;
}

static void *run(void *command)
{
    struct promise child;
    if (children_spawn(&child, start_shell, command) == 0)
        printf("'%s' exited with %d\n", (char *)command, WEXITSTATUS(children_await(&child)));
    return NULL;
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigfillset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans come to us, not to PID 1 */

    static char *commands[] = {"exit 3", "(sleep 0.1 &) ; exit 4", "exit 5"};
    enum { THREADS = sizeof commands / sizeof commands[0] };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, commands[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
