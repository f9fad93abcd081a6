/*
 * address.h - the address of a socket: "tcp:127.0.0.1:80", "tcp:[::1]:80", "tcp:80", "udp:...",
 * "unix:/run/app.sock", "unix:@abstract".
 *
 * A host is a number or "localhost". All sockets are in foster's own container, and a resolver
 * would be larger than foster.
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

/* Reads one of the forms above. A port alone means every address for a socket that listens, and
 * 127.0.0.1 for one that connects: Linux takes 0.0.0.0 for both. False if it has none of the forms.
 * Any thread; allocates nothing. */
bool address_parse(const char *string, struct address *address);

/* Turns the address of a port alone into [::1] and that port: for a client whose connection to
 * 127.0.0.1 was refused. False, and the address as it was, if it has a host or is no port. Any
 * thread; allocates nothing. */
bool address_take_other_loopback(struct address *address);

/* Appends the address in the same form. Any thread; allocates nothing. */
void address_append(struct text *text, const struct address *address);

#endif
