/* every SECONDS COMMAND...: runs the command at once and then again and again, so long after its
   last end, until a signal ends it: the smallest cron, for an image that holds nothing else. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: every SECONDS COMMAND...\n", stderr);
        return 2;
    }
    for (;; sleep((unsigned)atoi(argv[1]))) {
        pid_t pid = fork();
        if (pid == 0) {
            execvp(argv[2], argv + 2);
            perror(argv[2]);
            _exit(127);
        }
        waitpid(pid, NULL, 0);
    }
}
