/* web PORT CACHE-PORT: a web server of one page, the number of visits, which it counts in the
   cache. It takes the socket that it was given (LISTEN_FDS), or else opens PORT. TERM ends it after
   the request under way, with 0. */

#include "loopback.h"
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

enum {
    FIRST_GIVEN = 3, /* SD_LISTEN_FDS_START of sd_listen_fds(3) */
    PATIENCE = 1,    /* seconds, for a client that sends nothing */
};

static volatile sig_atomic_t ending;

static void end(int signal)
{
    (void)signal;
    ending = 1;
}

static void serve(int client, const char *cache_port)
{
    char request[MESSAGE_MAX], visits[MESSAGE_MAX];
    if (read(client, request, sizeof request) <= 0)
        return;
    if (ask(cache_port, "add visits\n", visits))
        dprintf(client, "HTTP/1.0 200 OK\r\n\r\nvisits %s", visits);
    else
        dprintf(client, "HTTP/1.0 503 Service Unavailable\r\n\r\nno cache\n");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: web PORT CACHE-PORT\n", stderr);
        return 2;
    }
    struct pollfd listener = {.events = POLLIN};
    listener.fd = getenv("LISTEN_FDS") ? FIRST_GIVEN : listen_or_die(INADDR_ANY, argv[1]);
    sigset_t term, none;
    sigemptyset(&none);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL); /* it comes while waiting, and at no other time */
    signal(SIGTERM, end);
    signal(SIGPIPE, SIG_IGN);
    while (!ending) {
        if (ppoll(&listener, 1, NULL, &none) <= 0)
            continue;
        int client = accept(listener.fd, NULL, NULL);
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = PATIENCE},
                   sizeof(struct timeval));
        serve(client, argv[2]);
        close(client);
    }
    return EXIT_SUCCESS;
}
