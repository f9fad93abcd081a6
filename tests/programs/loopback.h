/* Shared by the example services: connections with one question and one answer, on one machine. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128, MESSAGE_MAX = 1024 };

static inline struct sockaddr_in address_of(in_addr_t host, const char *port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(port)),
                                .sin_addr.s_addr = htonl(host)};
}

/* A socket that listens on that port, or the end of the program. */
static inline int listen_or_die(in_addr_t host, const char *port)
{
    struct sockaddr_in address = address_of(host, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0) {
        perror(port);
        exit(EXIT_FAILURE);
    }
    return fd;
}

/* Sends a question to the port and reads the answer until the end of the stream, as a string. False
 * if there is no answer. */
static inline int ask(const char *port, const char *question, char answer[MESSAGE_MAX])
{
    struct sockaddr_in address = address_of(INADDR_LOOPBACK, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t length = 0;
    ssize_t got = connect(fd, (struct sockaddr *)&address, sizeof address);
    if (got == 0 && send(fd, question, strlen(question), MSG_NOSIGNAL) >= 0)
        while (length < MESSAGE_MAX - 1 &&
               (got = read(fd, answer + length, MESSAGE_MAX - 1 - length)) > 0)
            length += (size_t)got;
    close(fd);
    answer[length] = '\0';
    return length > 0;
}

#endif
