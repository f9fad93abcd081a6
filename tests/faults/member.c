/*
 * member.c - the programs that foster runs while its system calls fail: main, services, their
 * probe.
 *
 * - member main exit CODE: ends at once.
 * - member main orphans CODE: ends at once and leaves three orphans: one ends soon, one at TERM,
 * one never.
 * - member main stubborn FILE: ignores TERM.
 * - member main until FILE SIGNAL CODE: leaves an orphan, and ends at the signal or at TERM.
 * - member main ready FILE FD SIGNAL CODE: the same, and writes its readiness to FD.
 * - member main fails CODE: ends after a while.
 * - member side notify: a service that sends READY=1.
 * - member side listen PATH: a service that accepts connections.
 * - member side probe: a probe that succeeds.
 *
 * Before that it checks what foster gave to it, and writes what is not as configured to the file
 * "wrong" beside the program: open descriptors, blocked or ignored signals, and for "listen" the
 * user, directory, priority and umask.
 *
 * FILE is made when its signals are blocked: a sender of signals waits for it. By the word "main"
 * the injector knows the process whose exit code foster must report.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SOON_MS = 20, LINES = 3, DESCRIPTORS = 64, NOBODY = 65534, PATH_LONGEST = 256 };

/* ---- checks of what it was given ---- */

static void check(const char *self, bool right, const char *what)
{
    char path[PATH_LONGEST];
    if (right)
        return;
    snprintf(path, sizeof path, "%.*swrong", (int)(strrchr(self, '/') - self) + 1, self);
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    dprintf(fd, "%s ", what);
    close(fd);
}

static void check_all(const char *self, int last_fd)
{
    sigset_t mask;
    struct sigaction action;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    bool more = false, blocked = false, ignored = false;
    for (int fd = last_fd + 1; fd < DESCRIPTORS; fd++)
        more |= fcntl(fd, F_GETFD) != -1;
    for (int signal = 1; signal < SIGSYS; signal++) {
        blocked |= sigismember(&mask, signal) == 1;
        ignored |= sigaction(signal, NULL, &action) == 0 && action.sa_handler != SIG_DFL;
    }
    check(self, !more, "descriptors");
    check(self, !blocked, "mask");
    check(self, !ignored, "dispositions");
}

/* The socket must be in its directory. */
static void check_attributes(const char *self, const char *socket)
{
    char path[PATH_LONGEST] = "";
    check(self, getuid() == NOBODY && geteuid() == NOBODY && getgid() == NOBODY, "user");
    check(self, getgroups(0, NULL) <= 1, "groups");
    check(self,
          getcwd(path, sizeof path) != NULL && strncmp(path, socket, strlen(path)) == 0 &&
              path[1] != '\0',
          "directory");
    check(self, getpriority(PRIO_PROCESS, 0) == 1, "priority");
    check(self, umask(022) == 022, "umask");
    check(self, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "privileges");
}

/* ---- what it does ---- */

static void nap(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Nothing comes between: a signal that is sent when FILE is there waits until it is waited for. */
static void block_all(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

static void let_through(int signal)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
}

static void block_none(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void make(const char *file)
{
    close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int wait_for(int signal, int code)
{
    siginfo_t info;
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, signal);
    while (sigwaitinfo(&awaited, &info) != signal)
        ;
    return code;
}

/* Returns in the orphan, and in its parent when the orphan has got so far. */
static pid_t leave(bool deaf)
{
    int way[2];
    char byte;
    if (pipe(way) == -1)
        exit(1);
    pid_t pid = fork();
    if (pid == 0 && !deaf)
        block_none();
    if (pid == 0)
        close(way[0]);
    close(way[1]);
    if (pid != 0 && read(way[0], &byte, 1) == -1)
        exit(1);
    return pid;
}

static _Noreturn void stay(void)
{
    for (;;)
        pause();
}

static int orphans(int code)
{
    if (leave(false) == 0)
        nap(SOON_MS);
    else if (leave(false) == 0 || leave(true) == 0)
        stay();
    return code;
}

static int until(const char *file, int signal, int code)
{
    pid_t middle = fork(); /* its child is an orphan at once */
    if (middle == 0) {
        if (fork() == 0)
            nap(SOON_MS);
        _exit(0);
    }
    if (signal != SIGTERM)
        let_through(SIGTERM);
    make(file);
    return wait_for(signal, code);
}

static _Noreturn void stubborn(const char *file)
{
    make(file);
    stay();
}

/* The lines are for the relay. */
static void chatter(void)
{
    for (int i = 0; i < LINES; i++) {
        printf("line %d\n", i);
        fflush(stdout);
    }
}

static struct sockaddr_un address(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    strncpy(to.sun_path, path, sizeof to.sun_path - 1);
    return to;
}

static int notify(void)
{
    static const char ready[] = "READY=1\nSTATUS=well";
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = address(path != NULL ? path : "");
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(to.sun_path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0';
    if (sendto(fd, ready, sizeof ready - 1, 0, (struct sockaddr *)&to, length) == -1)
        perror("sendto");
    chatter();
    return wait_for(SIGTERM, 0);
}

/* The kernel accepts; the program need not. */
static int listen_at(const char *path)
{
    struct sockaddr_un at = address(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) == -1 || listen(fd, SOMAXCONN) == -1)
        perror("listen");
    chatter();
    return wait_for(SIGTERM, 0);
}

static int ready(int fd, char **words)
{
    chatter();
    if (write(fd, "\n", 1) == -1)
        perror("write");
    return until(words[0], atoi(words[2]), atoi(words[3]));
}

static int fails(int code)
{
    nap(2 * SOON_MS);
    return code;
}

int main(int argc, char **argv)
{
    const char *part = argc > 2 ? argv[2] : "";
    check_all(argv[0], strcmp(part, "ready") == 0 ? atoi(argv[4]) : STDERR_FILENO);
    if (strcmp(part, "listen") == 0)
        check_attributes(argv[0], argv[3]);
    block_all();
    if (strcmp(part, "exit") == 0)
        return atoi(argv[3]);
    if (strcmp(part, "orphans") == 0)
        return orphans(atoi(argv[3]));
    if (strcmp(part, "stubborn") == 0)
        stubborn(argv[3]);
    if (strcmp(part, "until") == 0)
        return until(argv[3], atoi(argv[4]), atoi(argv[5]));
    if (strcmp(part, "ready") == 0)
        return ready(atoi(argv[4]), argv + 3);
    if (strcmp(part, "fails") == 0)
        return fails(atoi(argv[3]));
    if (strcmp(part, "notify") == 0)
        return notify();
    if (strcmp(part, "listen") == 0)
        return listen_at(argv[3]);
    return 0;
}
