/* ruin HOW FD: does to a socket what a service can do to one that it shares with later runs:
   shutdown(2) of one side or of both, connect(2) to an address or to none, O_NONBLOCK; "blocking"
   prints whether that is set. Prints the result. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DISCARD = 9 };

static int connect_to(int fd, int family)
{
    struct sockaddr_in to = {.sin_family = family, .sin_port = htons(DISCARD)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(fd, (struct sockaddr *)&to, sizeof to);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int fd = atoi(argv[2]), done = -1;
    if (strcmp(argv[1], "both") == 0)
        done = shutdown(fd, SHUT_RDWR);
    else if (strcmp(argv[1], "read") == 0)
        done = shutdown(fd, SHUT_RD);
    else if (strcmp(argv[1], "connect") == 0)
        done = connect_to(fd, AF_INET);
    else if (strcmp(argv[1], "nowhere") == 0)
        done = connect_to(fd, AF_UNSPEC);
    else if (strcmp(argv[1], "nonblock") == 0)
        done = fcntl(fd, F_SETFL, O_NONBLOCK);
    else if (strcmp(argv[1], "blocking") == 0)
        done = -(fcntl(fd, F_GETFL) & O_NONBLOCK);
    printf("%s %d: %s\n", argv[1], fd, done == 0 ? "done" : strerror(errno));
    return 0;
}
