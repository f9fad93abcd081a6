/*
 * A run has a directory on a tmpfs, which it sees at HERE: the configuration, the file of records,
 * what it says. It has its own /proc and an empty /run, as a container has, and its own /etc if its
 * kind made one. All of it goes with the harness' mount namespace.
 *
 * What can spoil a figure: the harness reading while a time runs. The times are the services' own,
 * and it looks at the size of one file once a millisecond.
 */
#include "team.h"
#include "launch.h"
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    DIRECTORY_MODE = 0755,
    FILE_MODE = 0666,
    NOT_FOUND = 127,
    LOOK_NANOSECONDS = 1000000,
    MOST_LOOKS = 120000, /* of a millisecond: two minutes */
    MOST_STOP_MS = 120000,
    OUTPUT_SIZE = 4096,
};

static void mount_at(const char *source, const char *target, const char *type, unsigned long flags)
{
    if (mount(source, target, type, flags, NULL) != 0)
        fail_call(target, "mount");
}

void make_room(void)
{
    if (unshare(CLONE_NEWNS) != 0)
        fail_call("harness", "unshare");
    mount_at(NULL, "/", NULL, MS_REC | MS_PRIVATE);
    mkdir(ROOM, DIRECTORY_MODE);
    mkdir(HERE, DIRECTORY_MODE);
    mount_at("bench", ROOM, "tmpfs", 0);
}

static void enter(const char *directory)
{
    struct stat status;

    mount_at(directory, HERE, NULL, MS_BIND);
    mount_at("proc", "/proc", "proc", 0);
    mount_at("run", "/run", "tmpfs", 0);
    if (stat(HERE "/etc", &status) == 0)
        mount_at(HERE "/etc", "/etc", NULL, MS_BIND);
}

static void direct_output(void)
{
    int in = open("/dev/null", O_RDONLY);
    int out = open(HERE "/output", O_WRONLY | O_CREAT | O_APPEND, FILE_MODE);

    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    close(in);
    close(out);
}

static _Noreturn void become_supervisor(const struct team *team, const char *directory,
                                        const char *program)
{
    struct record record = {.event = EXECED};

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    enter(directory);
    direct_output();
    if (chdir("/") != 0)
        _exit(NOT_FOUND);
    record.time = now();
    if (write(team->records, &record, sizeof record) == (ssize_t)sizeof record)
        execute(team->contestant->kind, team->contestant->path, program, team->count);
    _exit(NOT_FOUND);
}

/* A directory for one run; the file of records in it stays open in the harness only. */
static void make_directory(struct team *team, const char *program, char *directory)
{
    static int serial;
    char path[PATH_MAX];

    team->directory = ++serial;
    snprintf(directory, PATH_MAX, ROOM "/%d", serial);
    snprintf(path, sizeof path, ROOM "/%d/records", serial);
    if (mkdir(directory, DIRECTORY_MODE) != 0)
        fail_call(directory, "mkdir");
    team->records = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE);
    if (team->records < 0)
        fail_call(path, "open");
    arrange(team->contestant->kind, directory, program, team->count);
}

void start_team(struct team *team, const struct contestant *contestant, const char *program,
                int count)
{
    char directory[PATH_MAX];

    team->contestant = contestant;
    team->count = count;
    make_directory(team, program, directory);
    team->init =
        (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
    if (team->init < 0)
        fail_call(contestant->name, "clone(CLONE_NEWPID)");
    if (team->init == 0)
        become_supervisor(team, directory, program);
}

long record_count(const struct team *team)
{
    struct stat status;

    fstat(team->records, &status);
    return (long)(status.st_size / (off_t)sizeof(struct record));
}

struct record record_at(const struct team *team, long index)
{
    struct record record = {0};

    if (pread(team->records, &record, sizeof record, index * (off_t)sizeof record) !=
        (ssize_t)sizeof record)
        fail(team->contestant->name, "a record is missing");
    return record;
}

/* The supervisor's output, which mostly has the reason. */
static _Noreturn void fail_with_output(const struct team *team, const char *what)
{
    char path[PATH_MAX], text[OUTPUT_SIZE];
    int file;
    ssize_t length;

    snprintf(path, sizeof path, ROOM "/%d/output", team->directory);
    file = open(path, O_RDONLY | O_CLOEXEC);
    length = read(file, text, sizeof text);
    fprintf(stderr, "%.*s", length > 0 ? (int)length : 0, text);
    fail(team->contestant->name, what);
}

void wait_for_records(const struct team *team, long total)
{
    for (int looks = 0; record_count(team) < total; looks++) {
        if (looks == MOST_LOOKS)
            fail_with_output(team, "a service does not start");
        if (waitpid(team->init, NULL, WNOHANG) != 0)
            fail_with_output(team, "ended early");
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NANOSECONDS}, NULL);
    }
}

static void wait_for_end_of(struct team *team)
{
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, team->init, 0), .events = POLLIN};

    if (poll(&end, 1, MOST_STOP_MS) != 1)
        fail_with_output(team, "does not stop");
    if (waitpid(team->init, NULL, 0) != team->init)
        fail_call(team->contestant->name, "waitpid");
    close(end.fd);
}

int64_t stop_team(struct team *team)
{
    int64_t told = now();

    kill(team->init, stop_signal(team->contestant->kind));
    wait_for_end_of(team);
    return now() - told;
}

void discard_team(struct team *team)
{
    kill(team->init, SIGKILL);
    wait_for_end_of(team);
}
