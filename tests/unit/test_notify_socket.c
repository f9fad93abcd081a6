/* test_notify_socket.c - what comes by the socket of sd_notify(3), from senders that mean well and
 * others.
 */
#include "supervise/notify_socket.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "kit.h"
#include "thread_kit.h"

enum {
    NOBODY = 65534,
    POLL_MS = 10000,
    MANY = 100,
    KERNEL_MOST = 253,
    LONGEST = 4096,
    THREADS_MOST = 4
};

static struct notify_message got;

/* ---- a sender ---- */

/* A socket that is connected to where the variable says, as a client of sd_notify does it. */
static int connect_sender(void)
{
    static const char prefix[] = "NOTIFY_SOCKET=@";
    const char *variable = notify_socket_variable();
    ck_assert_int_eq(strncmp(variable, prefix, sizeof prefix - 1), 0);
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = strlen(variable + sizeof prefix - 1);
    memcpy(to.sun_path + 1, variable + sizeof prefix - 1, length);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, size), 0);
    return fd;
}

static int sender;

static void open_both(void)
{
    ck_assert_int_ne(notify_socket_open(), -1);
    sender = connect_sender();
}

static void send_bytes(const char *bytes, size_t length)
{
    ck_assert_int_eq(send(sender, bytes, length, 0), (ssize_t)length);
}

/* Sends a message and takes it. */
static void pass(const char *message)
{
    send_bytes(message, strlen(message));
    memset(&got, 'x', sizeof got);
    ck_assert(notify_socket_receive(&got));
}

/* Sends one descriptor so many times beside a message. */
static ssize_t send_descriptor(const char *message, int fd, size_t times)
{
    struct iovec text = {(void *)(uintptr_t)message, strlen(message)};
    alignas(struct cmsghdr) char beside[CMSG_SPACE(sizeof fd * KERNEL_MOST)] = {0};
    struct msghdr letter = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = beside};
    letter.msg_controllen = CMSG_SPACE(sizeof fd * times);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&letter);
    *rights = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof fd * times), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    for (size_t i = 0; i < times; i++)
        memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
    return sendmsg(sender, &letter, 0);
}

/* Until the next message can be taken. */
static void let_go(void)
{
    const struct timespec moment = {.tv_nsec = 100000};
    while (notify_socket_release() != 0)
        nanosleep(&moment, NULL);
}

/* ---- the socket ---- */

START_TEST(there_is_no_variable_without_a_socket)
{
    ck_assert_ptr_null(notify_socket_variable());
}
END_TEST

START_TEST(a_socket_with_a_name)
{
    int fd = notify_socket_open();
    ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_uint_eq(strlen(notify_socket_variable()), strlen("NOTIFY_SOCKET=@00000"));
    ck_assert(!notify_socket_receive(&got));
    close(connect_sender());
}
END_TEST

START_TEST(no_socket_to_be_had)
{
    struct rlimit old = forbid_descriptors();
    ck_assert_int_eq(notify_socket_open(), -1);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    ck_assert_ptr_null(notify_socket_variable());
}
END_TEST

/* ---- what is said ---- */

START_TEST(each_statement)
{
    open_both();
    pass("READY=1");
    ck_assert(got.ready && !got.reloading && !got.stopping && !got.watchdog &&
              !got.watchdog_trigger);
    pass("RELOADING=1\n");
    ck_assert(got.reloading && !got.ready);
    pass("STOPPING=1");
    ck_assert(got.stopping && !got.ready);
    pass("WATCHDOG=1");
    ck_assert(got.watchdog && !got.watchdog_trigger);
    pass("WATCHDOG=trigger");
    ck_assert(got.watchdog_trigger && !got.watchdog);
    pass("WATCHDOG_USEC=20000000");
    ck_assert_int_eq(got.watchdog_interval, 20 * MS_PER_SECOND);
    pass("EXTEND_TIMEOUT_USEC=5000");
    ck_assert_int_eq(got.extend, 5);
    pass("MAINPID=4711");
    ck_assert_int_eq(got.main_pid, 4711);
    pass("STATUS=Ready to serve");
    ck_assert(got.has_status);
    ck_assert_str_eq(got.status, "Ready to serve");
    ck_assert_int_eq(got.sender, getpid());
    ck_assert(!notify_socket_receive(&got));
}
END_TEST

static const struct notify_message nothing;

/* True if nothing was understood. */
static bool means_nothing(const char *message)
{
    pass(message);
    return !got.ready && !got.reloading && !got.stopping && !got.watchdog &&
           !got.watchdog_trigger && !got.has_status && got.watchdog_interval == 0 &&
           got.extend == 0 && got.main_pid == 0 && strcmp(got.status, nothing.status) == 0;
}

START_TEST(what_is_malformed_or_unknown)
{
    static const char *const messages[] = {
        "",
        "\n\n\n",
        "READY",
        "READY=",
        "READY=0",
        "READY=10",
        "ready=1",
        "READY=1 ",
        " READY=1",
        "XREADY=1",
        "FDSTORE=1\nFDNAME=x\nERRNO=2\nBUSERROR=x\nEXIT_STATUS=1\nMONOTONIC_USEC=17\nBARRIER=1\nX_"
        "MY=1\n",
        "WATCHDOG=2",
        "WATCHDOG_USEC=",
        "WATCHDOG_USEC=-1",
        "WATCHDOG_USEC=1s",
        "EXTEND_TIMEOUT_USEC= 1000",
        "EXTEND_TIMEOUT_USEC=0x10",
        "MAINPID=",
        "MAINPID=0",
        "MAINPID=-1",
        "MAINPID=12a",
        "MAINPID=2147483648",
        "MAINPID=18446744073709551617",
    };
    open_both();
    for (size_t i = 0; i < COUNT(messages); i++)
        ck_assert_msg(means_nothing(messages[i]), "'%s' means something", messages[i]);
}
END_TEST

START_TEST(several_in_one_message)
{
    open_both();
    pass("STATUS=Loaded, a=b\nX=1\nREADY=1\nMAINPID=12\nSTATUS=Up");
    ck_assert(got.ready);
    ck_assert_int_eq(got.main_pid, 12);
    ck_assert_str_eq(got.status, "Up");
    pass("STATUS="); /* takes the last one back */
    ck_assert(got.has_status && !got.ready);
    ck_assert_str_eq(got.status, "");
}
END_TEST

START_TEST(messages_in_order)
{
    open_both();
    send_bytes("MAINPID=1", strlen("MAINPID=1"));
    send_bytes("READY=1", sizeof "READY=1"); /* with its NUL */
    ck_assert(notify_socket_receive(&got));
    ck_assert_int_eq(got.main_pid, 1);
    ck_assert(notify_socket_receive(&got));
    ck_assert(got.ready);
    ck_assert(!notify_socket_receive(&got));
}
END_TEST

START_TEST(spans_are_rounded_up_and_do_not_overflow)
{
    open_both();
    pass("WATCHDOG_USEC=1\nEXTEND_TIMEOUT_USEC=1001");
    ck_assert_int_eq(got.watchdog_interval, 1);
    ck_assert_int_eq(got.extend, 2);
    pass("EXTEND_TIMEOUT_USEC=18446744073709551615");
    ck_assert_int_eq(got.extend, INT64_MAX / 1000 + 1);
}
END_TEST

START_TEST(a_status_is_cut_and_clean)
{
    char message[LONGEST], wanted[NOTIFY_STATUS_MAX] = "a?b?c";
    open_both();
    pass("STATUS=a\tb\033c");
    ck_assert_str_eq(got.status, wanted);
    memset(message, 'y', sizeof message - 1);
    memcpy(message, "STATUS=", strlen("STATUS="));
    message[sizeof message - 1] = '\0';
    memset(wanted, 'y', sizeof wanted - 1);
    pass(message);
    ck_assert_str_eq(got.status, wanted);
    message[strlen("STATUS=") + NOTIFY_STATUS_MAX - 1] = '\0'; /* as long as may be */
    pass(message);
    ck_assert_str_eq(got.status, wanted);
    memcpy(message + strlen("STATUS=") + NOTIFY_STATUS_MAX - 3, "\u20ac", sizeof "\u20ac");
    pass(message);
    wanted[NOTIFY_STATUS_MAX - 3] = '\0'; /* not half a character */
    ck_assert_str_eq(got.status, wanted);
}
END_TEST

START_TEST(a_line_that_is_cut_is_left_out)
{
    static char message[2 * LONGEST];
    open_both();
    memset(message, '\n', sizeof message);
    memcpy(message, "READY=1\n", strlen("READY=1\n"));
    memcpy(message + LONGEST - strlen("MAINPID=12"), "MAINPID=123", strlen("MAINPID=123"));
    send_bytes(message, sizeof message);
    ck_assert(notify_socket_receive(&got));
    ck_assert(got.ready);
    ck_assert_int_eq(got.main_pid, 0);
    send_bytes(message, LONGEST); /* as long as may be */
    ck_assert(notify_socket_receive(&got));
    ck_assert_int_eq(got.main_pid, 12);
    memset(message, '1', sizeof message);
    memcpy(message, "STATUS=", strlen("STATUS=")); /* one line, far too long */
    send_bytes(message, sizeof message);
    ck_assert(notify_socket_receive(&got));
    ck_assert(!got.has_status);
}
END_TEST

/* ---- who says it ---- */

/* A child's, which has ended well. */
static pid_t send_from_child(void (*say)(void))
{
    int status;
    pid_t pid = fork_bound();
    if (pid == 0) {
        say();
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    return pid;
}

static void say_ready(void)
{
    send_bytes("READY=1", strlen("READY=1"));
}

START_TEST(the_sender_is_known_by_its_pid)
{
    open_both();
    pid_t child = send_from_child(say_ready);
    ck_assert(notify_socket_receive(&got));
    ck_assert_int_eq(got.sender, child);
    ck_assert(got.ready);
}
END_TEST

static ssize_t send_as(pid_t pid)
{
    struct iovec text = {(void *)(uintptr_t) "READY=1", strlen("READY=1")};
    struct ucred claim = {.pid = pid, .uid = getuid(), .gid = getgid()};
    alignas(struct cmsghdr) char beside[CMSG_SPACE(sizeof claim)] = {0};
    struct msghdr letter = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = beside, .msg_controllen = sizeof beside};
    struct cmsghdr *credentials = CMSG_FIRSTHDR(&letter);
    *credentials = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof claim), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS};
    memcpy(CMSG_DATA(credentials), &claim, sizeof claim);
    return sendmsg(sender, &letter, 0);
}

/* It may say who it is, but not that it is somebody else; not even root may, of a pid that there is
 * not. */
static void claim_to_be_the_parent(void)
{
    if (getuid() == 0 && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
        _exit(EXIT_FAILURE);
    ck_assert_int_eq(send_as(getppid()), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_ne(send_as(getpid()), -1);
}

START_TEST(a_message_shows_its_true_sender)
{
    open_both();
    pid_t child = send_from_child(claim_to_be_the_parent);
    ck_assert(notify_socket_receive(&got));
    ck_assert_int_eq(got.sender, child);
    ck_assert(!notify_socket_receive(&got));
}
END_TEST

/* ---- what comes beside it ---- */

/* sd_notify_barrier(3): the sender waits until nobody has the other end of its pipe. */
START_TEST(a_barrier_is_lifted)
{
    int ends[2];
    open_both();
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_ne(send_descriptor("BARRIER=1", ends[1], 1), -1);
    close(ends[1]);
    struct pollfd barrier = {.fd = ends[0]};
    ck_assert(notify_socket_receive(&got));
    ck_assert_int_eq(poll(&barrier, 1, 0), 0); /* what was said before must be done */
    notify_socket_release();
    ck_assert_int_eq(poll(&barrier, 1, POLL_MS), 1);
    ck_assert_int_ne(barrier.revents & POLLHUP, 0);
}
END_TEST

START_TEST(no_descriptor_is_received_but_each_is_closed)
{
    static const size_t times[] = {1, 2, MANY, KERNEL_MOST};
    open_both();
    int before = count_descriptors();
    for (size_t i = 0; i < COUNT(times); i++) {
        int ends[2];
        ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
        ck_assert_int_ne(send_descriptor("READY=1", ends[1], times[i]), -1);
        close(ends[1]);
        memset(&got, 0, sizeof got);
        ck_assert(notify_socket_receive(&got));
        ck_assert(got.ready);
        ck_assert_int_eq(got.sender, getpid());
        ck_assert_int_eq(count_descriptors(), before + 1);
        let_go();
        struct pollfd other_end = {.fd = ends[0]};
        ck_assert_int_eq(poll(&other_end, 1, POLL_MS), 1);
        close(ends[0]);
        ck_assert_int_eq(count_descriptors(), before);
        ck_assert(!notify_socket_receive(&got));
    }
}
END_TEST

/* ---- what takes long to close ---- */

/* A connection with SO_LINGER that nobody reads from, full; the other end. */
static int stuff(int *slow)
{
    static char chunk[LONGEST];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    *slow = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&here, size), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&here, &size), 0);
    ck_assert_int_eq(connect(*slow, (struct sockaddr *)&here, size), 0);
    int other = accept(listener, NULL, NULL);
    close(listener);
    while (send(*slow, chunk, sizeof chunk, MSG_DONTWAIT) > 0)
        ;
    struct linger linger = {.l_onoff = 1, .l_linger = POLL_MS};
    ck_assert_int_eq(setsockopt(*slow, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    return other;
}

static int send_slow(void)
{
    int slow, other = stuff(&slow);
    ck_assert_int_ne(send_descriptor("STATUS=slow", slow, 1), -1);
    close(slow);
    return other;
}

START_TEST(a_few_slow_closes_delay_nothing_but_many_do)
{
    int others[THREADS_MOST + 1];
    open_both();
    for (size_t i = 0; i < COUNT(others); i++)
        others[i] = send_slow();
    send_bytes("READY=1", strlen("READY=1"));
    for (size_t i = 0; i < COUNT(others); i++) {
        let_go();
        memset(&got, 0, sizeof got);
        ck_assert(notify_socket_receive(&got));
        ck_assert_str_eq(got.status, "slow");
    }
    ck_assert_int_gt(notify_socket_release(), 0); /* it has been heard, and not once more */
    ck_assert(!notify_socket_receive(&got));
    close(others[0]); /* which was reset, and is closed */
    let_go();
    ck_assert(notify_socket_receive(&got));
    ck_assert(got.ready);
    for (size_t i = 1; i < COUNT(others); i++)
        close(others[i]);
}
END_TEST

START_TEST(without_a_thread_it_is_tried_again)
{
    open_both();
    ck_assert_int_ne(send_descriptor("STATUS=here", STDERR_FILENO, 1), -1);
    send_bytes("READY=1", strlen("READY=1"));
    thread_error = EAGAIN;
    ck_assert(notify_socket_receive(&got));
    ck_assert_str_eq(got.status, "here");
    ck_assert_int_gt(notify_socket_release(), 0);
    ck_assert(!notify_socket_receive(&got));
    thread_error = 0;
    let_go();
    ck_assert(notify_socket_receive(&got));
    ck_assert(got.ready);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "notify_socket", there_is_no_variable_without_a_socket, a_socket_with_a_name,
        no_socket_to_be_had, each_statement, what_is_malformed_or_unknown, several_in_one_message,
        messages_in_order, spans_are_rounded_up_and_do_not_overflow, a_status_is_cut_and_clean,
        a_line_that_is_cut_is_left_out, the_sender_is_known_by_its_pid,
        a_message_shows_its_true_sender, a_barrier_is_lifted,
        no_descriptor_is_received_but_each_is_closed, a_few_slow_closes_delay_nothing_but_many_do,
        without_a_thread_it_is_tried_again);
}
