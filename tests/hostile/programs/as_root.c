/* as_root PROGRAM...: installed set-uid root, becomes root for good, as su(1) does, and runs the
   program. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2 || setresgid(0, 0, 0) == -1 || setresuid(0, 0, 0) == -1)
        return 2;
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 2;
}
