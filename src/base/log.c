/*
 * log.c - see log.h.
 *
 * A write must not wait for the reader. poll(2) before it is not enough: a terminal with room for
 * one byte is writable, but a write of two bytes waits (n_tty_write() in drivers/tty/n_tty.c); and
 * another process may fill the room first. O_NONBLOCK belongs to the open file description, which
 * foster shares with others, so foster opens the file once more: /proc/self/fd/N is the same pipe
 * or terminal. Where that fails (no /proc, another user's file), a terminal gets pieces that fit.
 *
 * Rejected: RWF_NOWAIT of pwritev2(2), which neither terminals nor FIFOs support (Linux 6.18); a
 * thread or a child that waits, because one program has neither; a timer that interrupts the write,
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
#include "base/proc_path.h"

enum {
    /* The longest wait for a full pipe or a stopped terminal. After it there is no wait at all,
     * until a line has been taken again. */
    PATIENCE_MS = 100,
    REST_MS = 5, /* between two tries */
    /* This fits into a terminal that is writable, as its buffers grow by 256 bytes
     * (tty_buffer_alloc()). A newline is a piece of its own: the kernel checks the room for it
     * separately. */
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

/* The file that a line is written to. */
struct outlet {
    int fd;
    int own; /* the same file, opened by foster, that does not block; or -1 */
    bool in_pieces;
    bool is_socket;
};

/* /proc may be that of another pid namespace, so the file that it leads to is compared. Returns a
 * descriptor or -1. */
static int open_again(int fd, const struct stat *same)
{
    char path[PROC_PATH_MAX];
    struct stat file;
    proc_path(path, "/self/fd/", fd, "");
    int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own == -1 ||
        (fstat(own, &file) == 0 && file.st_dev == same->st_dev && file.st_ino == same->st_ino))
        return own;
    close(own);
    return -1;
}

/* Only pipes and terminals are opened once more: only they make a writer wait, and opening may have
 * an effect on another device. */
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

/* True if there is room for a byte before that time. A pipe without a reader counts as room: the
 * write fails at once. */
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

/* One write, unless a terminal is nearly full. EAGAIN means that another process has filled the
 * room. */
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
            break; /* there is no other place to report it to */
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

void log_line(enum log_level level, const char *format, ...)
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
