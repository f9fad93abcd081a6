/*
 * client.c - see client.h.
 *
 * This is a short-lived process with one thread. It may block, be interrupted by a signal, and be
 * ended by SIGPIPE, as any command. Wrong arguments are reported before it connects, so that the
 * user sees the usage also when foster does not answer.
 */
#include "control/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "control/goals.h"
#include "control/request.h"
#include "control/server.h"
#include "process/signals.h"
#include "process/wait_status.h"

/* ---- the request ---- */

static void print(int fd, const char *string)
{
    struct text line;
    text_clear(&line);
    text_add(&line, "%s", string);
    log_write(fd, &line);
}

static int usage(int fd, int status)
{
    enum { COLUMN = 40 };
    print(fd, "usage: foster ctl [--control PATH] VERB [argument...]");
    for (const struct verb *verb = verbs; verb < verbs + VERBS; verb++) {
        struct text line;
        text_clear(&line);
        text_add(&line, "  %s %s", verb->name, verb->arguments);
        do
            text_add(&line, " ");
        while (line.length < COLUMN);
        text_add(&line, "%s", verb->meaning);
        log_write(fd, &line);
    }
    print(fd, "PATH: $FOSTER_CONTROL, or " CONTROL_DEFAULT ". D: a duration such as 500ms, 5s.");
    print(fd, "Exit codes: 0 success, 1 failure, 2 wrong usage, 125 foster cannot be reached.");
    return status;
}

/* Makes one list of the words, and returns its length; 0 if a word is empty, or they are too long.
 */
static size_t join(char **argv, char *words)
{
    size_t length = 0;
    for (; *argv != NULL; argv++) {
        size_t size = strlen(*argv) + 1;
        if (size == 1 || length + size >= REQUEST_MAX)
            return 0;
        memcpy(words + length, *argv, size);
        length += size;
    }
    words[length] = '\0';
    return length + 1;
}

/* ---- the server ---- */

/* True if the server is PID 1, or runs as root or as this user. Any other user may have bound a
 * path in a directory which he can write to, or an abstract name, before foster. SO_PEERCRED tells
 * the process that called listen(2), unix(7). foster as PID 1 of the client's container may have
 * any uid. */
static bool is_trusted(int fd, const char *path)
{
    struct ucred peer = {0};
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
        (peer.pid == 1 || peer.uid == 0 || peer.uid == geteuid()))
        return true;
    log_line(LOG_ERROR,
             "the server at %s is not trusted: it runs as uid %u; it must be PID 1, or run as root "
             "or as this user",
             path, peer.uid);
    return false;
}

/* Returns a connected socket; or logs the reason and returns -1. */
static int connect_to(const char *path)
{
    struct address address;
    int fd = -1;
    if (server_address(path, &address)) {
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd != -1 && connect(fd, &address.to.any, address.length) == 0)
            return is_trusted(fd, path) ? fd : -1;
    }
    log_line(LOG_ERROR,
             "cannot reach foster at %s: %s; is it running with services, and as this user?", path,
             strerror(errno));
    return -1; /* the descriptor is closed when the process ends, which is soon */
}

/* Prints the answer and returns the exit status, by the number that is its first line. That line
 * comes in one piece, because the server sends it together with the beginning of the rest. */
static int print_answer(int fd)
{
    enum { CHUNK = 4096 };
    char chunk[CHUNK + 1];
    ssize_t length = recv(fd, chunk, CHUNK, 0);
    chunk[length > 0 ? length : 0] = '\0';
    const char *rest;
    int status = (int)text_number(chunk, &rest);
    if (*rest != '\n') {
        log_line(LOG_ERROR, "the server closed the connection without an answer");
        return EXIT_FOSTER_FAILED;
    }
    int out = status == EXIT_SUCCESS || status == REQUEST_NO ? STDOUT_FILENO : STDERR_FILENO;
    for (rest++; length > 0; rest = chunk) {
        if (!file_write_all(out, rest, (size_t)(chunk + length - rest)))
            return EXIT_FOSTER_FAILED;
        length = recv(fd, chunk, CHUNK, 0);
    }
    return status == REQUEST_NO ? EXIT_FAILURE : status;
}

/* Sets the signal mask, because foster's main() has blocked all signals, and a command must be
 * interruptible. SIGTERM stays blocked for a verb that is answered at once: after `shutdown` foster
 * may send it to all processes, and the answer is still to be printed. */
static void set_mask(const struct verb *verb)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    if (verb->goal == NO_GOAL)
        sigaddset(&blocked, SIGTERM);
    signals_set_mask(&blocked, NULL);
}

static int ask(const char *path, char **argv)
{
    char words[REQUEST_MAX], checked[REQUEST_MAX];
    struct request request;
    struct text wrong;
    size_t length = join(argv, words);
    if (length == 0) {
        log_line(LOG_ERROR, "ctl: an argument is empty, or they are too long");
        return EXIT_USAGE;
    }
    memcpy(checked, words, length);
    if (!request_read(&request, checked, &wrong)) {
        log_line(LOG_ERROR, "%s", wrong.bytes);
        return request.verb == NULL ? usage(STDERR_FILENO, EXIT_USAGE) : EXIT_USAGE;
    }
    set_mask(request.verb);
    int fd = connect_to(path);
    if (fd == -1)
        return EXIT_FOSTER_FAILED;
    send(fd, words, length, MSG_NOSIGNAL); /* if foster refuses it, the answer says so */
    return print_answer(fd);
}

/* Takes --control PATH or --control=PATH from the beginning of the words; false if it is not there.
 */
static bool take_path(char ***argv, const char **path)
{
    static const char option[] = "--control";
    size_t length = sizeof option - 1;
    const char *word = **argv;
    if (word == NULL || strncmp(word, option, length) != 0)
        return false;
    if (word[length] == '=')
        *path = word + length + 1;
    else if (word[length] == '\0' && (*argv)[1] != NULL)
        *path = *++*argv;
    else
        return false;
    ++*argv;
    return true;
}

int client_run(char **argv)
{
    const char *path = getenv("FOSTER_CONTROL");
    if (path == NULL)
        path = CONTROL_DEFAULT;
    while (take_path(&argv, &path))
        continue;
    if (*argv == NULL)
        return usage(STDERR_FILENO, EXIT_USAGE);
    if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
        return usage(STDOUT_FILENO, EXIT_SUCCESS);
    return ask(path, argv);
}
