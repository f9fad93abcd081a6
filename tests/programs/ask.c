/* ask PORT QUESTION: sends the question to the port on the loopback and prints the answer. Exits
   with 1 if there is none, or one that is HTTP's and not 200: an example of a migration, a job and
   a probe. */

#include "loopback.h"

int main(int argc, char **argv)
{
    char question[MESSAGE_MAX], answer[MESSAGE_MAX];
    if (argc != 3) {
        fputs("usage: ask PORT QUESTION\n", stderr);
        return 2;
    }
    snprintf(question, sizeof question, "%s\r\n\r\n", argv[2]);
    if (!ask(argv[1], question, answer)) {
        fprintf(stderr, "ask: %s: no answer\n", argv[1]);
        return EXIT_FAILURE;
    }
    fputs(answer, stdout);
    return strncmp(answer, "HTTP/", 5) == 0 && !strstr(answer, " 200 ") ? EXIT_FAILURE
                                                                        : EXIT_SUCCESS;
}
