/*
 * client.c - see client.h.
 *
 * Another process than foster's, short-lived and with one thread: it may block, it may be
 * interrupted, and a pipe that nobody reads may end it, as any command. What is wrong with the
 * words is said here, before anybody is asked: also a foster that does not answer leaves its user a
 * usage.
 */
#include "control/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "control/server.h"
#include "control/verbs.h"
#include "process/signals.h"
#include "process/wait_status.h"

/* ---- what is asked ---- */

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
        text_add(&line, "  %s %s", verb->name, verb->takes);
        while (line.length < COLUMN)
            text_add(&line, " ");
        text_add(&line, "%s", verb->meaning);
        log_write(fd, &line);
    }
    print(fd, "PATH: $FOSTER_CONTROL, or " CONTROL_DEFAULT ". D: a time such as 500ms, 5s, 2m.");
    print(fd, "Exit codes: 0 yes, 1 no, 2 wrong usage, 125 foster cannot be reached.");
    return status;
}

/* The words as one list; its length, or 0 if they do not make one. */
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

/* ---- asking ---- */

/* Who was there first may have bound a path in a directory that others can write to, and any
 * abstract name. SO_PEERCRED is who called listen(2), unix(7). As the client's own container's init
 * foster may have any uid. */
static bool is_believed(int fd, const char *path)
{
    struct ucred peer = {0};
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
        (peer.pid == 1 || peer.uid == 0 || peer.uid == geteuid()))
        return true;
    say(LOG_ERROR,
        "what answers at %s is not believed: it is uid %u's, neither PID 1 nor root's nor this "
        "user's",
        path, peer.uid);
    return false;
}

/* A connected socket, or -1 and it has been said. */
static int reach(const char *path)
{
    struct address address;
    int fd = -1;
    if (server_address(path, &address)) {
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd != -1 && connect(fd, &address.to.any, address.length) == 0)
            return is_believed(fd, path) ? fd : -1;
    }
    say(LOG_ERROR, "cannot reach foster at %s: %s; is it running with services, and as this user?",
        path, strerror(errno));
    return -1; /* the descriptor goes with the process */
}

/* The status comes in one piece: the server sends it with what follows it. */
static int print_answer(int fd, const struct verb *verb)
{
    enum { CHUNK = 4096 };
    char chunk[CHUNK + 1];
    ssize_t length = recv(fd, chunk, CHUNK, 0);
    chunk[length > 0 ? length : 0] = '\0';
    const char *rest;
    int status = (int)text_number(chunk, &rest);
    if (*rest != '\n') {
        say(LOG_ERROR, "foster has closed the connection without an answer");
        return EXIT_FOSTER_FAILED;
    }
    int out = status == EXIT_SUCCESS || (verb->always_stdout && status == EXIT_FAILURE)
                  ? STDOUT_FILENO
                  : STDERR_FILENO;
    for (rest++; length > 0; rest = chunk) {
        if (!file_write_all(out, rest, (size_t)(chunk + length - rest)))
            return EXIT_FOSTER_FAILED;
        length = recv(fd, chunk, CHUNK, 0);
    }
    return status;
}

/* foster blocks all signals; a command is to be interrupted. But what is answered at once may be
 * the end of foster, who then tells everybody to end: the answer is still to be told. */
static void hold_off(const struct verb *verb)
{
    sigset_t held;
    sigemptyset(&held);
    if (verb->until == 0)
        sigaddset(&held, SIGTERM);
    signals_set_mask(&held, NULL);
}

static int ask(const char *path, char **argv)
{
    char words[REQUEST_MAX], checked[REQUEST_MAX];
    struct request request;
    struct text wrong;
    size_t length = join(argv, words);
    if (length == 0) {
        say(LOG_ERROR, "ctl: a word is empty, or there are too many");
        return EXIT_USAGE;
    }
    memcpy(checked, words, length);
    if (!request_read(&request, checked, &wrong)) {
        say(LOG_ERROR, "%s", wrong.bytes);
        return request.verb == NULL ? usage(STDERR_FILENO, EXIT_USAGE) : EXIT_USAGE;
    }
    hold_off(request.verb);
    int fd = reach(path);
    if (fd == -1)
        return EXIT_FOSTER_FAILED;
    send(fd, words, length, MSG_NOSIGNAL); /* refused or not, there is an answer */
    return print_answer(fd, request.verb);
}

/* --control PATH and --control=PATH; true if that is what the words begin with. */
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
