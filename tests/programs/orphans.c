/* orphans COUNT [COMMAND...]: leaves COUNT orphans behind that have exited already or do so at
   once. Each is the child of an intermediate process that is waited for here, so that "made COUNT"
   comes only when all are the init's; its zombies are then the init's to reap. COMMAND, if any,
   takes this process over. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t fork_or_die(void)
{
    pid_t pid = fork();
    if (pid < 0) {
        perror("orphans: fork");
        _exit(EXIT_FAILURE);
    }
    return pid;
}

static void make_orphan(void)
{
    pid_t between = fork_or_die();
    if (between == 0) {
        fork_or_die();
        _exit(EXIT_SUCCESS); /* both: the orphan-to-be and its parent */
    }
    int status;
    if (waitpid(between, &status, 0) != between || status != 0)
        _exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: orphans COUNT [COMMAND...]\n", stderr);
        return 2;
    }
    int count = atoi(argv[1]);
    for (int made = 0; made < count; made++)
        make_orphan();
    printf("made %d\n", count);
    fflush(stdout);
    if (argc == 2)
        return EXIT_SUCCESS;
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
