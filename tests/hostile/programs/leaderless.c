/*
 * leaderless [daemon] [stubborn] - its first thread ends and another lives on, so that /proc shows
 * state Z. Prints "ready PID" then, and "told" at TERM, and ends; with "stubborn" it ignores TERM.
 * As a daemon it leaves its parent first.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIFETIME_SECONDS = 60, LOOK_US = 1000 };

static void tell(int signal)
{
    (void)signal;
    _exit(write(STDOUT_FILENO, "told\n", 5) != 5);
}

static bool is_leaderless(void)
{
    char line[256];
    FILE *stat = fopen("/proc/self/stat", "re");
    bool is =
        stat != NULL && fgets(line, sizeof line, stat) != NULL && strstr(line, ") Z ") != NULL;
    if (stat != NULL)
        fclose(stat);
    return is;
}

static void *live(void *unused)
{
    while (!is_leaderless())
        usleep(LOOK_US);
    dprintf(STDOUT_FILENO, "ready %d\n", (int)getpid());
    sleep(LIFETIME_SECONDS);
    _exit(1);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    bool stubborn = false, daemon = false;
    for (int i = 1; i < argc; i++) {
        daemon |= strcmp(argv[i], "daemon") == 0;
        stubborn |= strcmp(argv[i], "stubborn") == 0;
    }
    if (daemon && (fork() != 0 || setsid() == -1 || fork() != 0))
        return 0;
    signal(SIGTERM, stubborn ? SIG_IGN : tell);
    if (pthread_create(&thread, NULL, live, NULL) != 0)
        return 1;
    pthread_exit(NULL);
}
