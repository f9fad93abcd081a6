/* exit CODE | -s SIGNAL: exits with CODE, or kills itself with SIGNAL. */

#include "signal_number.h"
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc == 2)
        return atoi(argv[1]);
    if (argc == 3 && strcmp(argv[1], "-s") == 0) {
        int number = signal_number(argv[2]);
        signal(number, SIG_DFL);
        raise(number);
        return 0; /* a signal that does not kill */
    }
    fputs("usage: exit CODE | -s SIGNAL\n", stderr);
    return 2;
}
