/* test_address.c - addresses as text: read, refused, and written back. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stddef.h>

#include "kit.h"

static const char *written(const struct address *address)
{
    static struct text text;
    text_clear(&text);
    address_append(&text, address);
    return text.bytes;
}

START_TEST(what_is_read_is_written)
{
    static const struct {
        const char *string, *as;
        int family, type;
    } cases[] = {
        {"tcp:127.0.0.1:80", NULL, AF_INET, SOCK_STREAM},
        {"tcp:255.255.255.255:65535", NULL, AF_INET, SOCK_STREAM},
        {"udp:10.0.20.3:1", NULL, AF_INET, SOCK_DGRAM},
        {"tcp:80", NULL, AF_INET, SOCK_STREAM},
        {"udp:53", NULL, AF_INET, SOCK_DGRAM},
        {"tcp:0.0.0.0:80", "tcp:80", AF_INET, SOCK_STREAM},
        {"tcp:localhost:8080", "tcp:127.0.0.1:8080", AF_INET, SOCK_STREAM},
        {"tcp:[::1]:80", NULL, AF_INET6, SOCK_STREAM},
        {"tcp:[::]:80", "tcp:[::0]:80", AF_INET6, SOCK_STREAM},
        {"udp:[1:2:3:4:5:6:7:8]:80", NULL, AF_INET6, SOCK_DGRAM},
        {"tcp:[FE80::a0b:C]:80", "tcp:[fe80:0:0:0:0:0:a0b:c]:80", AF_INET6, SOCK_STREAM},
        {"tcp:[::ffff:127.0.0.1]:80", "tcp:[::ffff:7f00:1]:80", AF_INET6, SOCK_STREAM},
        {"tcp:[0:2:3:4:5:6:7:8]:80", "tcp:[::2:3:4:5:6:7:8]:80", AF_INET6, SOCK_STREAM},
        {"tcp:[1000:0:0:0:0:0:0:0]:80", NULL, AF_INET6, SOCK_STREAM},
        {"unix:/run/app.sock", NULL, AF_UNIX, SOCK_STREAM},
        {"unix:@abstract", NULL, AF_UNIX, SOCK_STREAM},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address address, again;
        const char *as = cases[i].as != NULL ? cases[i].as : cases[i].string;
        ck_assert_msg(address_parse(cases[i].string, &address), "%s", cases[i].string);
        ck_assert_int_eq(address.to.any.sa_family, cases[i].family);
        ck_assert_int_eq(address.type, cases[i].type);
        ck_assert_str_eq(written(&address), as);
        ck_assert(address_parse(as, &again));
        ck_assert_mem_eq(&address, &again, sizeof address);
    }
}
END_TEST

START_TEST(a_port_alone_has_another_loopback_address)
{
    struct address address, before;
    ck_assert(address_parse("tcp:80", &address));
    ck_assert(address_take_other_loopback(&address));
    ck_assert_str_eq(written(&address), "tcp:[::1]:80");
    ck_assert_uint_eq(address.length, sizeof address.to.v6);
    for (int i = 0; i < 3; i++) {
        const char *const others[] = {"tcp:127.0.0.1:80", "tcp:[::1]:80", "unix:/a"};
        ck_assert(address_parse(others[i], &address));
        before = address;
        ck_assert(!address_take_other_loopback(&address));
        ck_assert_mem_eq(&address, &before, sizeof address);
    }
}
END_TEST

START_TEST(what_is_refused)
{
    static const char *const cases[] = {
        "",
        "80",
        "tcp",
        "tcp:",
        "tcp::80",
        "tcp:0",
        "tcp:65536",
        "tcp:-1",
        "tcp:+1",
        "tcp:80 ",
        "tcp: 80",
        "TCP:80",
        "http:80",
        "tcp:80:",
        "tcp:127.0.0.1",
        "tcp:127.0.0.1:",
        "tcp:127.0.0:80",
        "tcp:127.0.0.256:80",
        "tcp:127.0.0.1:0",
        "tcp:example.com:80",
        "tcp:localhosts:80",
        "tcp:::1:80",
        "tcp:[::1]",
        "tcp:[::1]80",
        "tcp:[::1:80",
        "tcp:[:80",
        "tcp:::1]:80",
        "tcp:[]:80",
        "tcp:[127.0.0.1]:80",
        "tcp:[1:2:3:4:5:6:7:8:9]:80",
        "tcp:[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111]:80",
        "unix:",
        "unix:/",
        "unix:@",
        "unix:run/app.sock",
        "unixx:/run/app.sock",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address address;
        ck_assert_msg(!address_parse(cases[i], &address), "%s", cases[i]);
    }
}
END_TEST

START_TEST(the_bytes_of_v4)
{
    struct address address;
    ck_assert(address_parse("tcp:1.2.3.4:258", &address));
    ck_assert_uint_eq(address.length, sizeof(struct sockaddr_in));
    ck_assert_mem_eq(&address.to.v4.sin_port, "\1\2", 2);
    ck_assert_mem_eq(&address.to.v4.sin_addr, "\1\2\3\4", 4);
    ck_assert(address_parse("tcp:258", &address));
    ck_assert_mem_eq(&address.to.v4.sin_addr, "\0\0\0\0", 4);
}
END_TEST

START_TEST(the_bytes_of_v6)
{
    struct address address;
    ck_assert(address_parse("udp:[102:304:506:708:90a:b0c:d0e:f10]:258", &address));
    ck_assert_uint_eq(address.length, sizeof(struct sockaddr_in6));
    ck_assert_mem_eq(&address.to.v6.sin6_port, "\1\2", 2);
    ck_assert_mem_eq(&address.to.v6.sin6_addr, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20", 16);
}
END_TEST

/* unix(7): a path counts with its NUL, an abstract name has none. */
START_TEST(the_bytes_of_unix)
{
    static const size_t head = offsetof(struct sockaddr_un, sun_path);
    struct address address;
    ck_assert(address_parse("unix:/a", &address));
    ck_assert_uint_eq(address.length, head + sizeof "/a");
    ck_assert_str_eq(address.to.local.sun_path, "/a");
    ck_assert(address_parse("unix:@ab", &address));
    ck_assert_uint_eq(address.length, head + sizeof "\0ab" - 1);
    ck_assert_mem_eq(address.to.local.sun_path, "\0ab", 4);
}
END_TEST

START_TEST(the_longest_path)
{
    enum { LONGEST = sizeof((struct sockaddr_un *)0)->sun_path - 1 };
    static const char firsts[] = "/@";
    for (int i = 0; firsts[i] != '\0'; i++) {
        struct address address;
        char string[sizeof "unix:" + LONGEST + 1] = "unix:";
        memset(string + strlen("unix:"), 'x', LONGEST);
        string[strlen("unix:")] = firsts[i];
        ck_assert(address_parse(string, &address));
        ck_assert_str_eq(written(&address), string);
        strcat(string, "x");
        ck_assert(!address_parse(string, &address));
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS("address", what_is_read_is_written, a_port_alone_has_another_loopback_address,
                     what_is_refused, the_bytes_of_v4, the_bytes_of_v6, the_bytes_of_unix,
                     the_longest_path);
}
