/* eat MIB: takes MIB MiB of memory, touches every page so that it is really there, says so and
 * stays. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MEBIBYTE = 1 << 20 };

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: eat MIB\n", stderr);
        return 2;
    }
    int mebibytes = atoi(argv[1]);
    for (int eaten = 0; eaten < mebibytes; eaten++) {
        char *piece = malloc(MEBIBYTE);
        if (!piece) {
            perror("eat");
            return EXIT_FAILURE;
        }
        memset((void *volatile)piece, 1, MEBIBYTE);
    }
    printf("ate %d\n", mebibytes);
    fflush(stdout);
    for (;;)
        pause();
}
