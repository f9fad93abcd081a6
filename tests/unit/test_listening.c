/*
 * test_listening.c - sockets for services: bound, listening, and replaced when they are stale. Each
 * test has a network namespace of its own if it may, with its loopback up, so that every port is
 * free.
 */
#include "process/listening.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "base/address.h"
#include "process/user.h"

#include "kit.h"

static struct address address;

static void prepare(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (unshare(CLONE_NEWNET) == -1)
        return;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &loopback), 0);
    close(fd);
}

static int open_at(const char *string)
{
    ck_assert_msg(address_parse(string, &address), "%s", string);
    return listening_open(&address, NULL, 0640);
}

static int option(int fd, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    ck_assert_int_eq(getsockopt(fd, level, name, &value, &length), 0);
    return value;
}

/* A connection to that place, or a negative error number. */
static int connect_to(const char *string)
{
    struct address to;
    ck_assert(address_parse(string, &to));
    int fd = socket(to.to.any.sa_family, to.type | SOCK_CLOEXEC, 0);
    ck_assert_int_ne(fd, -1);
    if (connect(fd, &to.to.any, to.length) == 0)
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

START_TEST(streams_are_connected_to)
{
    static const char *const places[][2] = {
        {"tcp:127.0.0.1:18080", NULL},
        {"tcp:18081", "tcp:127.0.0.1:18081"},
        {"unix:listening.sock", NULL},
        {"unix:@foster-test-listening", NULL},
    };
    char directory[PATH_MAX], path[PATH_MAX + 32];
    prepare();
    for (size_t i = 0; i < COUNT(places); i++) {
        const char *place = places[i][0];
        if (strncmp(place, "unix:l", 6) == 0) {
            snprintf(path, sizeof path, "unix:%s/%s", getcwd(directory, sizeof directory),
                     place + 5);
            place = path;
        }
        int fd = open_at(place);
        ck_assert_msg(fd >= 0, "%s: %s", place, strerror(-fd));
        ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
        ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
        ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
        int client = connect_to(places[i][1] != NULL ? places[i][1] : place);
        ck_assert_msg(client >= 0, "%s: %s", place, strerror(-client));
        int server = accept(fd, NULL, NULL);
        ck_assert_int_ge(server, 0);
        close(server), close(client), close(fd);
    }
}
END_TEST

/* So the next run of foster need not wait until the kernel has forgotten the connections of the
 * last. */
START_TEST(tcp_again_at_once)
{
    prepare();
    for (int i = 0; i < 2; i++) {
        int fd = open_at("tcp:127.0.0.1:18082");
        ck_assert_msg(fd >= 0, "%s", strerror(-fd));
        int client = connect_to("tcp:127.0.0.1:18082"), server = accept(fd, NULL, NULL);
        char byte;
        close(server); /* first: it is this end that lingers */
        ck_assert_int_eq(read(client, &byte, 1), 0);
        close(client), close(fd);
    }
}
END_TEST

START_TEST(udp_receives_and_is_not_shared)
{
    char byte = 0;
    prepare();
    int fd = open_at("udp:127.0.0.1:18083");
    ck_assert_int_ge(fd, 0);
    int client = connect_to("udp:127.0.0.1:18083");
    ck_assert_int_eq(send(client, "x", 1, 0), 1);
    ck_assert_int_eq(recv(fd, &byte, 1, 0), 1);
    ck_assert_int_eq(byte, 'x');
    ck_assert_int_eq(open_at("udp:127.0.0.1:18083"), -EADDRINUSE);
}
END_TEST

START_TEST(both_families)
{
    prepare();
    int fd = open_at("tcp:[::]:18084");
    if (fd == -EAFNOSUPPORT)
        return;
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
    ck_assert_int_ge(connect_to("tcp:127.0.0.1:18084"), 0);
}
END_TEST

START_TEST(one_in_use_is_refused)
{
    char directory[PATH_MAX], path[PATH_MAX + 32];
    prepare();
    ck_assert_int_ge(open_at("tcp:127.0.0.1:18085"), 0);
    ck_assert_int_eq(open_at("tcp:127.0.0.1:18085"), -EADDRINUSE);
    ck_assert_int_ge(open_at("unix:@foster-test-in-use"), 0);
    ck_assert_int_eq(open_at("unix:@foster-test-in-use"), -EADDRINUSE);
    snprintf(path, sizeof path, "unix:%s/in-use", getcwd(directory, sizeof directory));
    int fd = open_at(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(open_at(path), -EADDRINUSE);
    ck_assert_int_ge(connect_to(path), 0);
    close(fd);
}
END_TEST

START_TEST(a_stale_file_is_replaced)
{
    char directory[PATH_MAX], path[PATH_MAX + 32];
    struct stat status;
    snprintf(path, sizeof path, "unix:%s/stale", getcwd(directory, sizeof directory));
    close(open_at(path));
    ck_assert_int_eq(connect_to(path), -ECONNREFUSED);
    ck_assert_int_ge(open_at(path), 0);
    ck_assert_int_ge(connect_to(path), 0);
    ck_assert_int_eq(stat("stale", &status), 0);
    ck_assert_uint_eq(status.st_mode, S_IFSOCK | 0640);
}
END_TEST

START_TEST(what_is_not_a_socket_is_left_alone)
{
    char directory[PATH_MAX], path[PATH_MAX + 32], link[PATH_MAX + 32];
    make_text_file("ordinary", "precious", 0644);
    snprintf(path, sizeof path, "unix:%s/ordinary", getcwd(directory, sizeof directory));
    snprintf(link, sizeof link, "unix:%s/link", directory);
    ck_assert_int_eq(open_at(path), -EADDRINUSE);
    ck_assert_int_eq(symlink("ordinary", "link"), 0);
    ck_assert_int_eq(open_at(link), -EADDRINUSE);
    ck_assert_int_eq(access("ordinary", F_OK), 0);
    ck_assert_int_eq(unlink("link"), 0);
    snprintf(path, sizeof path, "unix:%s/target", directory);
    close(open_at(path));
    ck_assert_int_eq(symlink("target", "link"), 0);
    ck_assert_int_eq(open_at(link), -EADDRINUSE);
    ck_assert_int_eq(access("link", F_OK), 0);
}
END_TEST

/* A stream cannot connect to it; but it is in use. */
START_TEST(a_datagram_socket_is_left_alone)
{
    char directory[PATH_MAX], path[PATH_MAX + 32];
    snprintf(path, sizeof path, "unix:%s/datagram", getcwd(directory, sizeof directory));
    ck_assert(address_parse(path, &address));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, &address.to.any, address.length), 0);
    ck_assert_int_eq(open_at(path), -EADDRINUSE);
    ck_assert_int_eq(access("datagram", F_OK), 0);
}
END_TEST

/* What a service can do to a socket that it shares with later runs (117). */
START_TEST(whole_or_not)
{
    static const char *const places[] = {"tcp:127.0.0.1:18087", "udp:127.0.0.1:18088",
                                         "unix:@foster-test-whole"};
    char directory[PATH_MAX], path[PATH_MAX + 32];
    prepare();
    for (size_t i = 0; i < COUNT(places); i++) {
        int fd = open_at(places[i]);
        ck_assert_int_ge(fd, 0);
        ck_assert_msg(listening_is_intact(fd, &address, NULL), "%s", places[i]);
        int client = connect_to(places[i]);
        ck_assert_int_ge(client, 0);
        ck_assert_msg(listening_is_intact(fd, &address, NULL), "%s", places[i]);
        shutdown(fd, SHUT_RDWR);
        ck_assert_msg(!listening_is_intact(fd, &address, NULL), "%s", places[i]);
        close(client), close(fd);
        ck_assert(!listening_is_intact(-1, &address, NULL));
    }
    snprintf(path, sizeof path, "unix:%s/whole", getcwd(directory, sizeof directory));
    int fd = open_at(path);
    ck_assert(listening_is_intact(fd, &address, NULL));
    ck_assert_int_eq(unlink("whole"), 0);
    ck_assert(!listening_is_intact(fd, &address, NULL));
}
END_TEST

START_TEST(a_file_is_its_users)
{
    static const struct user user = {.uid = 1234, .gid = 2345};
    char directory[PATH_MAX], path[PATH_MAX + 32];
    struct stat status;
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chmod(".", 0777), 0);
    snprintf(path, sizeof path, "unix:%s/users", getcwd(directory, sizeof directory));
    ck_assert(address_parse(path, &address));
    int fd = listening_open(&address, &user, 0606);
    ck_assert_msg(fd >= 0 || fd == -EACCES, "%s",
                  strerror(-fd)); /* the way to this directory may be closed to the user */
    if (fd < 0)
        return;
    ck_assert_int_eq(stat("users", &status), 0);
    ck_assert_uint_eq(status.st_mode, S_IFSOCK | 0606);
    ck_assert(status.st_uid == user.uid && status.st_gid == user.gid);
    ck_assert_int_ge(connect_to(path), 0);
    ck_assert_int_eq(listening_open(&address, &user, 0606), -EADDRINUSE);
    ck_assert_uint_eq(geteuid(), 0);
}
END_TEST

START_TEST(errors_leave_nothing_open)
{
    char directory[PATH_MAX], path[PATH_MAX + 32];
    int before = dup(STDIN_FILENO);
    close(before);
    snprintf(path, sizeof path, "unix:%s/no/such/directory", getcwd(directory, sizeof directory));
    ck_assert_int_eq(open_at(path), -ENOENT);
    ck_assert_int_eq(open_at("tcp:203.0.113.1:18086"), -EADDRNOTAVAIL);
    int after = dup(STDIN_FILENO);
    ck_assert_int_eq(after, before);
}
END_TEST

int main(void)
{
    return RUN_TESTS("listening", streams_are_connected_to, tcp_again_at_once,
                     udp_receives_and_is_not_shared, both_families, one_in_use_is_refused,
                     a_stale_file_is_replaced, what_is_not_a_socket_is_left_alone,
                     a_datagram_socket_is_left_alone, whole_or_not, a_file_is_its_users,
                     errors_leave_nothing_open);
}
