/* leave [-i] [-s] MS: leaves an orphan behind, prints "left PID" and exits with 0.
   On TERM the orphan works for MS milliseconds, prints "cleaned up" and exits; with -i it ignores
   TERM, with -s it has a session of its own. TERM is blocked or ignored before the fork, so no TERM
   comes too early. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void clean_up_on_term(const sigset_t *term, long milliseconds)
{
    int number;
    sigwait(term, &number);
    struct timespec work = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = milliseconds % 1000 * 1000000};
    nanosleep(&work, NULL);
    puts("cleaned up");
    exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
    int ignore_term = 0, own_session = 0;
    for (int option; (option = getopt(argc, argv, "is")) != -1;)
        switch (option) {
        case 'i':
            ignore_term = 1;
            break;
        case 's':
            own_session = 1;
            break;
        default:
            return 2;
        }
    if (optind + 1 != argc) {
        fputs("usage: leave [-i] [-s] MS\n", stderr);
        return 2;
    }

    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (ignore_term)
        signal(SIGTERM, SIG_IGN);
    else
        sigprocmask(SIG_BLOCK, &term, NULL);

    int hello[2]; /* closed by the orphan once its session is its own */
    if (pipe(hello) < 0)
        return EXIT_FAILURE;
    pid_t orphan = fork();
    if (orphan < 0) {
        perror("leave: fork");
        return EXIT_FAILURE;
    }
    if (orphan == 0) {
        if (own_session)
            setsid();
        close(hello[0]);
        close(hello[1]);
        if (!ignore_term)
            clean_up_on_term(&term, atol(argv[optind]));
        for (;;)
            pause();
    }
    char nothing;
    close(hello[1]);
    if (read(hello[0], &nothing, 1) != 0)
        return EXIT_FAILURE;
    printf("left %d\n", (int)orphan);
    return EXIT_SUCCESS;
}
