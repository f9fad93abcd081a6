/* fill SPARE COMMAND...: starts children until its cgroup allows no more, ends SPARE of them, and
   becomes COMMAND, which then has room for SPARE processes. A limit as low as that from the start
   makes engines fail at times: the init of runc is a Go program, which ends if it cannot start a
   thread. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 1000 };

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: fill SPARE COMMAND...\n", stderr);
        return 2;
    }
    pid_t children[MANY];
    int count = 0;
    while (count < MANY && (children[count] = fork()) > 0)
        count++;
    if (count < MANY && children[count] == 0)
        for (;;)
            pause();
    if (count == MANY || errno != EAGAIN) {
        fprintf(stderr, "fill: no limit stopped it after %d processes\n", count);
        return EXIT_FAILURE;
    }
    for (int spare = atoi(argv[1]); spare > 0 && count > 0; spare--) {
        kill(children[--count], SIGKILL);
        waitpid(children[count], NULL, 0);
    }
    execvp(argv[2], argv + 2);
    perror("fill");
    return EXIT_FAILURE;
}
