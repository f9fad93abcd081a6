/*
 * address.h - where a socket is: "tcp:127.0.0.1:80", "tcp:[::1]:80", "tcp:80", "udp:...",
 * "unix:/run/app.sock", "unix:@abstract".
 *
 * Numbers only, and "localhost": what is looked for or listened on is in the own container, and a
 * resolver is larger than foster.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } to;
    socklen_t length;
    int type; /* SOCK_STREAM or SOCK_DGRAM */
};

/* Reads one of the forms above; a port alone is that of every address to listen on and of 127.0.0.1
 * to connect to, which is what connecting to 0.0.0.0 means on Linux. False if it is none of them.
 * Allocates nothing. */
bool address_parse(const char *string, struct address *address);

/* Appends it in the same form. */
void address_append(struct text *text, const struct address *address);

#endif
