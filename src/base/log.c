/*
 * log.c - see log.h. Allocates nothing; the level is set once, before there is a second thread.
 *
 * A line must not wait for who reads it. poll(2) is not enough: a terminal that takes one byte more
 * says that it is writable, and lets who writes two wait (n_tty_write() in drivers/tty/n_tty.c);
 * and of what is free somebody else may be faster. O_NONBLOCK belongs to the open file that we
 * share with others, so it is opened once more: /proc/self/fd leads to the same pipe or terminal.
 * Where that cannot be (no /proc, another user's), a terminal gets pieces that fit.
 *
 * Rejected: RWF_NOWAIT of pwritev2(2), which terminals do not know, nor FIFOs (Linux 6.18); a
 * thread or a child to do the waiting, for one program has neither; a timer to interrupt the write,
 * which takes five system calls and a signal.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    /* How long a full pipe or a stopped terminal may hold us up: once. From then on nobody reads,
     * and we do not wait at all until a line has been taken again. */
    PATIENCE_MS = 100,
    REST_MS = 5, /* between two tries */
    /* What fits into a terminal that says it is writable, whose buffers grow by 256 bytes
     * (tty_buffer_alloc()). A newline is looked at anew by the kernel, and so goes by itself. */
    PIECE = 128,
};
static atomic_int patience = PATIENCE_MS;

static int log_level = LOG_WARNING;

void log_set_level(int level)
{
    log_level = level;
}

bool log_wants(enum log_level level)
{
    return (int)level <= log_level;
}

void log_begin(struct text *line)
{
    text_clear(line);
    text_add(line, "foster: ");
}

/* Where a line goes to. */
struct outlet {
    int fd;
    int own; /* an open file of ours of the same, that does not block; or -1 */
    bool in_pieces;
    bool is_socket;
};

/* /proc may be another's: what is opened must be the same file. Returns a descriptor or -1. */
static int open_again(int fd, const struct stat *same)
{
    static const char folder[] = "/proc/self/fd/";
    char path[sizeof folder + DECIMAL_MAX], digits[DECIMAL_MAX];
    struct stat file;
    strcpy(path, folder);
    strcat(path, text_decimal(digits, fd));
    int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own == -1 ||
        (fstat(own, &file) == 0 && file.st_dev == same->st_dev && file.st_ino == same->st_ino))
        return own;
    close(own);
    return -1;
}

/* Only a pipe or a terminal lets a writer wait; to open another device again may mean something to
 * it. */
static struct outlet find_outlet(int fd)
{
    struct outlet outlet = {.fd = fd, .own = -1};
    struct stat file;
    if (fstat(fd, &file) == -1)
        return outlet;
    bool is_terminal = S_ISCHR(file.st_mode) && isatty(fd);
    outlet.is_socket = S_ISSOCK(file.st_mode);
    if (is_terminal || S_ISFIFO(file.st_mode))
        outlet.own = open_again(fd, &file);
    outlet.in_pieces = is_terminal && outlet.own == -1;
    return outlet;
}

/* False for a reader that takes nothing before that moment: full, or stopped by Ctrl-S. A closed
 * one takes the write and fails it. */
static bool takes_more(int fd, milliseconds until)
{
    struct pollfd log = {.fd = fd, .events = POLLOUT};
    milliseconds left = until - clock_now();
    return poll(&log, 1, left > 0 ? (int)left : 0) > 0;
}

static size_t piece_length(const struct outlet *outlet, const char *bytes, size_t left)
{
    if (!outlet->in_pieces)
        return left;
    size_t most = left < PIECE ? left : PIECE;
    const char *newline = memchr(bytes, '\n', most);
    if (newline == NULL)
        return most;
    return newline != bytes ? (size_t)(newline - bytes) : 1;
}

static ssize_t write_piece(const struct outlet *outlet, const char *bytes, size_t left)
{
    size_t length = piece_length(outlet, bytes, left);
    if (outlet->is_socket)
        return send(outlet->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(outlet->own != -1 ? outlet->own : outlet->fd, bytes, length);
}

/* In one write, but to a terminal that is nearly full. EAGAIN: another who writes was faster, or is
 * at it. */
static void write_line(const struct outlet *outlet, const char *bytes, size_t left)
{
    milliseconds until = clock_now() + patience;
    bool taken = true;
    while (left > 0 && (taken = takes_more(outlet->fd, until))) {
        ssize_t written = write_piece(outlet, bytes, left);
        taken = written != -1 || errno != EAGAIN;
        if (written > 0) {
            bytes += written;
            left -= (size_t)written;
        } else if (taken || clock_now() >= until) {
            break; /* nobody is left to catalogue_say */
        } else {
            poll(NULL, 0, REST_MS);
        }
    }
    patience = taken ? PATIENCE_MS : 0;
}

void log_write(int fd, struct text *line)
{
    int saved = errno;
    struct outlet outlet = find_outlet(fd);
    line->bytes[line->length] = '\n'; /* where the NUL is */
    write_line(&outlet, line->bytes, line->length + 1);
    line->bytes[line->length] = '\0';
    if (outlet.own != -1)
        close(outlet.own);
    errno = saved;
}

void log_end(enum log_level level, struct text *line)
{
    if (log_wants(level))
        log_write(STDERR_FILENO, line);
}

void say(enum log_level level, const char *format, ...)
{
    struct text line;
    va_list list;
    if (!log_wants(level))
        return;
    log_begin(&line);
    va_start(list, format);
    text_add_list(&line, format, list);
    va_end(list);
    log_end(level, &line);
}
