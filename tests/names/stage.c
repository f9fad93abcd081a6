/*
 * stage [option...] [NAME=VALUE...] PROGRAM [ARGUMENT...] - runs one scenario with an init, and
 * writes down what it does.
 *
 * The init runs in a pid namespace of its own, so that every pid is the same in each run: it is PID
 * 1 with -1, otherwise pid 2, the leader of a process group below a PID 1 that only waits.
 * Processes that a faulty init leaves, and signals that it sends by mistake, stay in the namespace.
 * Options:
 *
 * - -1: the init is PID 1.
 * - -t, -T: it has a new terminal, in the foreground or in the background; else it has none.
 * - -r: it is a subreaper already.
 * - -b N, -i N: it starts with signal N blocked, ignored; repeatable, as the next two.
 * - -f N, -x N: it starts with descriptor N open, closed.
 * - -m FROM:TO: directory FROM is mounted on TO.
 * - -C DIRECTORY: its working directory.
 * - -o DIRECTORY: where the results go, a file each: exit, out, err, steps, init, left.
 * - -s STEPS: what is done once "ready" is printed, words with blanks between them.
 *
 * The steps:
 *
 * - ~TEXT: wait until TEXT has been printed.
 * - N, N>M, N!: send N to the init; then wait until main prints that it got N, got M; or for
 * nothing.
 * - main!N: send N to main.
 * - main=X, init=X: wait until it is in state X of /proc/PID/stat.
 * - show: record the init's working directory and descriptors.
 * - idle: record whether the init wakes up while there is nothing to do.
 * - asleep: as the first step, instead of "ready": wait until the init has started and sleeps.
 *
 * A step that is waited for in vain ends the run, and is recorded. A program that has not ended by
 * then is recorded as "hangs", and killed.
 */

#include "play.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct play play;
struct hand hands[HANDS] = {{.fd = -1}, {.fd = -1}};
pid_t namespace_pid;

void fail(const char *what)
{
    perror(what);
    exit(CANNOT_PLAY);
}

long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

void note(const char *name, const char *format, ...)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", play.notes, name);
    FILE *file = fopen(path, "a");
    if (file == NULL)
        fail(path);
    va_list values;
    va_start(values, format);
    vfprintf(file, format, values);
    va_end(values);
    fclose(file);
}

/* ---- the end ---- */

static void note_end(int status, bool hangs)
{
    if (hangs)
        note("exit", "hangs\n");
    else if (WIFSIGNALED(status))
        note("exit", "killed by %d\n", WTERMSIG(status));
    else
        note("exit", "%d\n", WEXITSTATUS(status));
}

/* Until PID 1 of the namespace has ended, and with it all; false if it had to be killed. */
static bool wait_for_end(int *status)
{
    for (long end = now() + END_MS; now() < end;) {
        if (!listen_a_moment())
            pause_ms(POLL_MS);
        if (waitpid(namespace_pid, status, WNOHANG) == namespace_pid)
            return true;
    }
    kill(namespace_pid, SIGKILL);
    waitpid(namespace_pid, status, 0);
    return false;
}

static void see_it_end(int report)
{
    struct verdict verdict;
    int status;
    bool ended = wait_for_end(&status);
    while (listen_a_moment())
        ;
    if (read(report, &verdict, sizeof verdict) == sizeof verdict) {
        note_end(verdict.status, false);
        note("left", "%s", verdict.left ? "something\n" : "nothing\n");
    } else {
        note_end(status, !ended);
    }
    note("out", "%.*s", (int)hands[0].length, hands[0].text);
    note("err", "%.*s", (int)hands[1].length, hands[1].text);
}

static void perform(void)
{
    int out[2], err[2], report[2], terminal = -1;
    char path[64] = "";
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
        fail("stage: pipe");
    if (play.terminal) {
        terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
            fail("stage: terminal");
        snprintf(path, sizeof path, "%s", ptsname(terminal));
    }
    if (unshare(CLONE_NEWPID) < 0)
        fail("stage: unshare");
    namespace_pid = fork();
    if (namespace_pid < 0)
        fail("stage: fork");
    if (namespace_pid == 0)
        live_in_namespace(path, out[1], err[1], report[1]);
    close(out[1]);
    close(err[1]);
    close(report[1]);
    hands[0].fd = play.terminal ? terminal : out[0];
    hands[1].fd = err[0];
    do_steps();
    see_it_end(report[0]);
}

/* ---- the command line ---- */

static void read_environment(char ***words)
{
    char *path = strdup(getenv("PATH"));
    clearenv();
    setenv("PATH", path, 1);
    for (; **words != NULL && strchr(**words, '=') != NULL; (*words)++)
        putenv(**words);
}

static void read_option(int option)
{
    int number = optarg != NULL ? atoi(optarg) : 0;
    switch (option) {
    case '1':
        play.as_pid1 = true;
        break;
    case 't':
    case 'T':
        play.terminal = true;
        play.foreground = option == 't';
        break;
    case 'r':
        play.subreaper = true;
        break;
    case 'b':
        play.blocked |= 1ULL << (number - 1);
        break;
    case 'i':
        play.ignored[number] = true;
        break;
    case 'f':
        play.opened[play.opens++] = number;
        break;
    case 'x':
        play.closed[play.closes++] = number;
        break;
    case 'm':
        play.mount_from = strtok(optarg, ":");
        play.mount_to = strtok(NULL, ":");
        break;
    case 'C':
        play.directory = optarg;
        break;
    case 'o':
        play.notes = optarg;
        break;
    case 's':
        play.steps = optarg;
        break;
    default:
        exit(CANNOT_PLAY);
    }
}

int main(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "+1tTrb:i:f:x:m:C:o:s:")) != -1;)
        read_option(option);
    play.command = argv + optind;
    read_environment(&play.command);
    if (play.notes == NULL || *play.command == NULL) {
        fputs("usage: stage -o DIRECTORY [option...] [NAME=VALUE...] PROGRAM [ARGUMENT...]\n",
              stderr);
        return CANNOT_PLAY;
    }
    perform();
    return EXIT_SUCCESS;
}
