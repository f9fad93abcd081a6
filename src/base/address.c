/*
 * address.c - see address.h.
 *
 * inet_pton(3) reads addresses. inet_ntop(3) does not write them: musl's brings printf along. Port
 * 0, by which the kernel chooses a port, is refused: no client would know which.
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PORT_MAX = UINT16_MAX, GROUPS = 8, GROUP_DIGITS = 4, NIBBLE = 4, BASE = 16, ABSTRACT = '@' };

/* ---- reading ---- */

static bool parse_port(const char *string, in_port_t *port)
{
    long number;
    if (!text_to_number(string, 1, PORT_MAX, &number))
        return false;
    *port = htons((uint16_t)number);
    return true;
}

/* "[::1]", "127.0.0.1" or "localhost". The struct is zero. */
static bool parse_host(char *host, size_t length, struct address *address)
{
    address->length = sizeof address->to.v4;
    address->to.v4.sin_family = AF_INET;
    if (host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        address->length = sizeof address->to.v6;
        address->to.v6.sin6_family = AF_INET6;
        return inet_pton(AF_INET6, host + 1, &address->to.v6.sin6_addr) == 1;
    }
    return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                     &address->to.v4.sin_addr) == 1;
}

static bool parse_internet(const char *string, struct address *address)
{
    enum { HOST_MAX = sizeof "[]" + INET6_ADDRSTRLEN };
    char host[HOST_MAX] = "0.0.0.0";
    const char *colon = strrchr(string, ':');
    if (colon != NULL) {
        size_t length = (size_t)(colon - string);
        if (length >= sizeof host)
            return false;
        memcpy(host, string, length);
        host[length] = '\0';
        string = colon + 1;
    }
    in_port_t *port = host[0] == '[' ? &address->to.v6.sin6_port : &address->to.v4.sin_port;
    return parse_host(host, strlen(host), address) && parse_port(string, port);
}

/* An abstract name begins with a NUL, and its end is given by the length, unix(7). A relative path
 * is refused: foster's working directory is not the one that it was started in. */
static bool parse_local(const char *string, struct address *address)
{
    struct sockaddr_un *local = &address->to.local;
    size_t length = strlen(string);
    bool is_abstract = string[0] == ABSTRACT;
    if ((string[0] != '/' && !is_abstract) || length < 2 || length >= sizeof local->sun_path)
        return false;
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, string, length);
    if (is_abstract)
        local->sun_path[0] = '\0';
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + !is_abstract);
    return true;
}

static const struct scheme {
    const char *name;
    int type;
    bool (*parse)(const char *string, struct address *address);
} schemes[] = {
    {"tcp:", SOCK_STREAM, parse_internet},
    {"udp:", SOCK_DGRAM, parse_internet},
    {"unix:", SOCK_STREAM, parse_local},
};

bool address_parse(const char *string, struct address *address)
{
    memset(address, 0, sizeof *address);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i].name);
        address->type = schemes[i].type;
        if (strncmp(string, schemes[i].name, length) == 0)
            return schemes[i].parse(string + length, address);
    }
    return false;
}

bool address_take_other_loopback(struct address *address)
{
    const struct sockaddr_in v4 = address->to.v4;
    if (v4.sin_family != AF_INET || v4.sin_addr.s_addr != INADDR_ANY)
        return false;
    memset(&address->to, 0, sizeof address->to);
    address->to.v6 = (struct sockaddr_in6){
        .sin6_family = AF_INET6, .sin6_port = v4.sin_port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    address->length = sizeof address->to.v6;
    return true;
}

/* ---- writing ---- */

static void add_number(struct text *text, const char *before, unsigned number)
{
    char digits[DECIMAL_MAX];
    text_add(text, "%s%s", before, text_decimal(digits, number));
}

static void add_v4(struct text *text, const struct sockaddr_in *v4)
{
    const unsigned char *bytes = (const unsigned char *)&v4->sin_addr;
    for (int i = 0; i < (int)sizeof v4->sin_addr && v4->sin_addr.s_addr != INADDR_ANY; i++)
        add_number(text, i == 0 ? "" : ".", bytes[i]);
    add_number(text, v4->sin_addr.s_addr != INADDR_ANY ? ":" : "", ntohs(v4->sin_port));
}

static void add_hexadecimal(struct text *text, unsigned number)
{
    for (int shift = (GROUP_DIGITS - 1) * NIBBLE; shift >= 0; shift -= NIBBLE)
        if (number >> shift != 0 || shift == 0)
            text_add_bytes(text, &"0123456789abcdef"[number >> shift & (BASE - 1)], 1);
}

/* Groups of zero at the front are left out, except the last one: "::1", "::0". */
static void add_v6(struct text *text, const struct sockaddr_in6 *v6)
{
    const uint16_t *groups = v6->sin6_addr.s6_addr16;
    int first = 0;
    while (first < GROUPS - 1 && groups[first] == 0)
        first++;
    text_add_bytes(text, "[:", first == 0 ? 1 : 2);
    for (int i = first; i < GROUPS; i++) {
        text_add_bytes(text, ":", i > 0);
        add_hexadecimal(text, ntohs(groups[i]));
    }
    add_number(text, "]:", ntohs(v6->sin6_port));
}

void address_append(struct text *text, const struct address *address)
{
    const char *path = address->to.local.sun_path;
    bool is_abstract = path[0] == '\0';
    if (address->to.any.sa_family == AF_UNIX) {
        text_add(text, "%s%s", is_abstract ? "unix:@" : "unix:", path + is_abstract);
        return;
    }
    text_add_bytes(text, address->type == SOCK_DGRAM ? "udp:" : "tcp:", sizeof "tcp:" - 1);
    if (address->to.any.sa_family == AF_INET6)
        add_v6(text, &address->to.v6);
    else
        add_v4(text, &address->to.v4);
}
