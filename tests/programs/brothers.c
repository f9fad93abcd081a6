/* brothers COUNT: starts COUNT processes as children of its own parent (CLONE_PARENT), and prints a
   line. All wait for a signal. */

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int count = argc == 2 ? atoi(argv[1]) : 0;
    for (int i = 0; i < count; i++) {
        long brother = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
        if (brother == -1)
            return EXIT_FAILURE;
        if (brother == 0)
            pause();
    }
    printf("%d brothers\n", count);
    fflush(stdout);
    pause();
}
