/*
 * service NAME [VERB ARGUMENT]... - runs the verbs one after the other, and stays until TERM ends
 * it.
 *
 * Each event is a line "NAME EVENT PID MS", MS by the monotonic clock, appended to the file in the
 * environment variable JOURNAL, or written to stdout: starts, signal N, connection, datagram TEXT,
 * ends, and the events of some verbs. The verbs:
 *
 * - print TEXT: prints a line; write TEXT: prints it without a newline.
 * - line BYTES: prints a line of that length.
 * - tell VARIABLE: an event, VARIABLE=value.
 * - notify TEXT: sends it to NOTIFY_SOCKET; a | is a newline.
 * - barrier MS: sends BARRIER=1; an event "barrier" when foster has closed the descriptor.
 * - newline FD: writes a newline to the descriptor, as s6 asks for, and closes it.
 * - listen ADDRESS: listens on tcp:PORT of 127.0.0.1, or on unix:PATH.
 * - serve FD: listens on a socket that it was given, and answers "NAME PID".
 * - sleep MS: sleeps, and handles signals meanwhile; so does wait.
 * - wait PATH: waits until the file exists; wake PATH: makes it.
 * - fork HOW: a child that stays in its group or session (group, session), a zombie (zombie), or
 *   many children (crowd).
 * - ignore SIGNAL: the signal is an event and does nothing else.
 * - until SIGNAL: the signal ends it instead of TERM.
 * - linger MS: stays for that time after the signal that ends it.
 * - code CODE: the exit code after that signal.
 * - exit CODE, die SIGNAL: ends at once.
 */

#include "signal_number.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    SOCKETS_MAX = 8,
    LOOK_MS = 5,
    FOREVER = -1,
    LINE_SIZE = 512,
    SIGNALS = 65,
    MODE = 0666,
    BACKLOG = 16
};

static const char *name;
static int journal = STDOUT_FILENO;
static struct pollfd watched[1 + SOCKETS_MAX] = {
    {.events = POLLIN}}; /* the signals, then the sockets */
static int watched_count = 1;
static unsigned char ignored[SIGNALS];
static int end_signal = SIGTERM, end_code, linger_ms;

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void tell(const char *event, const char *detail)
{
    char line[LINE_SIZE];
    int length = snprintf(line, sizeof line, "%s %s%s %d %lld\n", name, event, detail,
                          (int)getpid(), now_ms());
    if (write(journal, line, length) != length)
        _exit(3);
}

static void fail(const char *what)
{
    fprintf(stderr, "service: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void finish(int code)
{
    tell("ends", "");
    exit(code);
}

static void idle(int ms);

static void take_signal(void)
{
    struct signalfd_siginfo info;
    char number[16];
    if (read(watched[0].fd, &info, sizeof info) != sizeof info)
        return;
    snprintf(number, sizeof number, " %u", info.ssi_signo);
    tell("signal", number);
    if ((int)info.ssi_signo != end_signal || ignored[info.ssi_signo])
        return;
    ignored[end_signal] = 1;
    idle(linger_ms);
    finish(end_code);
}

static void take_datagram(int fd)
{
    char text[LINE_SIZE / 2] = " ";
    if (recv(fd, text + 1, sizeof text - 2, 0) > 0)
        tell("datagram", text);
}

static void answer(int fd)
{
    int type, client;
    socklen_t size = sizeof type;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    if (type == SOCK_DGRAM) {
        take_datagram(fd);
    } else if ((client = accept(fd, NULL, NULL)) >= 0) {
        dprintf(client, "%s %d\n", name, (int)getpid());
        close(client);
        tell("connection", "");
    }
}

/* Waits for that many milliseconds, and handles signals meanwhile. */
static void idle(int ms)
{
    long long end = now_ms() + ms;
    while (ms == FOREVER || now_ms() < end) {
        if (poll(watched, watched_count, ms == FOREVER ? FOREVER : (int)(end - now_ms())) <= 0)
            continue;
        for (int i = watched_count - 1; i > 0; i--)
            if (watched[i].revents)
                answer(watched[i].fd);
        if (watched[0].revents)
            take_signal();
    }
}

static void print(const char *text)
{
    puts(text);
}

static void print_part(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

static void print_line(const char *bytes)
{
    for (int left = atoi(bytes); left > 0; left--)
        putchar('a' + left % 26);
    putchar('\n');
}

static void tell_variable(const char *variable)
{
    char text[LINE_SIZE / 2];
    const char *value = getenv(variable);
    snprintf(text, sizeof text, "%s=%s", variable, value ? value : "none");
    tell(text, "");
}

/* Sends a text, and a descriptor with it if that is not negative. */
static void send_notification(const char *text, int fd)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char message[LINE_SIZE * 8];
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof fd)];
    } control = {.header = {CMSG_LEN(sizeof fd), 0, SOL_SOCKET, SCM_RIGHTS}};
    if (!path)
        fail("NOTIFY_SOCKET");
    snprintf(message, sizeof message, "%s", text);
    for (char *bar = message; (bar = strchr(bar, '|')) != NULL;)
        *bar = '\n';
    memcpy(to.sun_path, path, strlen(path));
    if (path[0] == '@')
        to.sun_path[0] = 0;
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    struct iovec data = {message, strlen(message)};
    struct msghdr envelope = {.msg_name = &to,
                              .msg_namelen = offsetof(struct sockaddr_un, sun_path) + strlen(path),
                              .msg_iov = &data,
                              .msg_iovlen = 1,
                              .msg_control = fd < 0 ? NULL : &control,
                              .msg_controllen = fd < 0 ? 0 : sizeof control};
    int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_fd < 0 || sendmsg(socket_fd, &envelope, 0) < 0)
        fail("sendmsg");
    close(socket_fd);
}

static void notify(const char *text)
{
    send_notification(text, -1);
}

static void barrier(const char *ms)
{
    int ends[2];
    if (pipe(ends) < 0)
        fail("pipe");
    send_notification("BARRIER=1", ends[1]);
    close(ends[1]);
    struct pollfd closed = {.fd = ends[0]};
    tell(poll(&closed, 1, atoi(ms)) == 1 ? "barrier" : "no-barrier", "");
    close(ends[0]);
}

static void send_newline(const char *fd)
{
    if (write(atoi(fd), "\n", 1) != 1)
        fail("newline");
    close(atoi(fd));
}

static void watch(int fd)
{
    if (watched_count > SOCKETS_MAX)
        fail("sockets");
    watched[watched_count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void serve(const char *fd)
{
    watch(atoi(fd));
}

static void listen_on(const char *address)
{
    struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    int is_tcp = strncmp(address, "tcp:", 4) == 0, yes = 1;
    const char *where = strchr(address, ':') + 1;
    int fd = socket(is_tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
    tcp.sin_port = htons(atoi(where));
    memcpy(local.sun_path, where, strlen(where));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, is_tcp ? (void *)&tcp : (void *)&local, is_tcp ? sizeof tcp : sizeof local) < 0)
        fail(address);
    if (listen(fd, BACKLOG) < 0)
        fail(address);
    watch(fd);
}

static void sleep_ms(const char *ms)
{
    idle(atoi(ms));
}

static void wait_for(const char *path)
{
    while (access(path, F_OK) < 0)
        idle(LOOK_MS);
}

static void wake(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, MODE);
    if (fd < 0)
        fail(path);
    close(fd);
}

/* Forks until there is no process to be had, and again when others have ended. */
static void crowd(const int hello[2])
{
    close(hello[0]);
    close(hello[1]);
    for (;;) {
        pid_t pid = fork();
        if (pid < 0)
            poll(NULL, 0, 1);
        while (pid == 0)
            pause();
    }
}

/* The descriptor of the signals is the parent's: a signalfd reports the signals of its reader, so
 * it can be shared. */
static void fork_off(const char *how)
{
    int hello[2];
    char nothing;
    if (pipe(hello) < 0)
        fail("pipe");
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        if (strcmp(how, "zombie") == 0)
            _exit(0);
        if (strcmp(how, "crowd") == 0)
            crowd(hello);
        if (strcmp(how, "session") == 0)
            setsid();
        tell("forked", "");
        close(hello[0]);
        close(hello[1]);
        idle(FOREVER);
    }
    close(hello[1]);
    if (read(hello[0], &nothing, 1) != 0)
        fail("fork");
    close(hello[0]);
}

static void ignore(const char *signal)
{
    ignored[signal_number(signal)] = 1;
}

static void until(const char *signal)
{
    end_signal = signal_number(signal);
}

static void set_linger(const char *ms)
{
    linger_ms = atoi(ms);
}

static void set_code(const char *code)
{
    end_code = atoi(code);
}

static void exit_with(const char *code)
{
    finish(atoi(code));
}

static void die(const char *signal)
{
    sigset_t none;
    sigemptyset(&none);
    tell("ends", "");
    raise(signal_number(signal));
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static const struct {
    const char *name;
    void (*act)(const char *argument);
} verbs[] = {
    {"print", print},      {"write", print_part}, {"line", print_line}, {"tell", tell_variable},
    {"notify", notify},    {"barrier", barrier},  {"serve", serve},     {"newline", send_newline},
    {"listen", listen_on}, {"sleep", sleep_ms},   {"wait", wait_for},   {"wake", wake},
    {"fork", fork_off},    {"ignore", ignore},    {"until", until},     {"linger", set_linger},
    {"code", set_code},    {"exit", exit_with},   {"die", die},
};

static void act(const char *verb, const char *argument)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verb, verbs[i].name) == 0) {
            verbs[i].act(argument);
            return;
        }
    fprintf(stderr, "service: no verb %s\n", verb);
    exit(2);
}

int main(int argc, char **argv)
{
    sigset_t all;
    if (argc < 2 || argc % 2 != 0) {
        fputs("usage: service NAME [VERB ARGUMENT]...\n", stderr);
        return 2;
    }
    name = argv[1];
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    watched[0].fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *path = getenv("JOURNAL");
    if (path)
        journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, MODE);
    if (journal < 0 || watched[0].fd < 0)
        fail(path ? path : "signalfd");
    tell("starts", "");
    for (char **word = argv + 2; *word; word += 2)
        act(word[0], word[1]);
    idle(FOREVER);
}
