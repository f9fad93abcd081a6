/* test_log.c - a line on stderr: whole or not at all, and foster neither waits nor ends for it. */
#include "base/log.h"

#include <poll.h>
#include <sys/socket.h>
#include <termios.h>

#include "base/clock.h"
#include "process/signals.h"

#include "kit.h"

enum { PATIENCE = 10 * MS_PER_SECOND, ODD_ERROR = 4711 };

static void become_stderr(int fd)
{
    ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
}

START_TEST(each_level_includes_those_above)
{
    static const char *const all = "foster: 0\nfoster: 1\nfoster: 2\nfoster: 3\n";
    static const size_t line = sizeof "foster: 0\n" - 1;
    hear_stderr();
    for (int level = LOG_ERROR; level <= LOG_DEBUG + 1; level++) {
        log_set_level(level);
        for (int each = LOG_ERROR; each <= LOG_DEBUG; each++)
            log_line((enum log_level)each, "%d", each);
        size_t lines = (size_t)(level <= LOG_DEBUG ? level : LOG_DEBUG) + 1;
        const char *said = heard();
        ck_assert_uint_eq(strlen(said), lines * line);
        ck_assert_int_eq(strncmp(said, all, lines * line), 0);
    }
}
END_TEST

START_TEST(silent_by_default)
{
    hear_stderr();
    log_line(LOG_INFO, "no");
    log_line(LOG_DEBUG, "no");
    ck_assert_str_eq(heard(), "");
    log_line(LOG_WARNING, "mind %s", "this");
    log_line(LOG_ERROR, "no %s", "good");
    ck_assert_str_eq(heard(), "foster: mind this\nfoster: no good\n");
}
END_TEST

START_TEST(a_line_in_pieces)
{
    struct text line;
    hear_stderr();
    log_begin(&line);
    text_add(&line, "%s", "one\ntwo");
    log_end(LOG_INFO, &line);
    log_end(LOG_ERROR, &line);
    ck_assert_str_eq(heard(), "foster: one?two\n");
}
END_TEST

/* Each write is a packet. */
START_TEST(a_line_is_one_write)
{
    int ends[2];
    char longest[TEXT_MAX + 100], packet[2 * TEXT_MAX];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    become_stderr(ends[1]);
    log_line(LOG_ERROR, "short");
    log_line(LOG_ERROR, "%s", longest);
    ck_assert_int_eq(recv(ends[0], packet, sizeof packet, 0), sizeof "foster: short\n" - 1);
    ck_assert_int_eq(recv(ends[0], packet, sizeof packet, 0), TEXT_MAX);
    ck_assert_int_eq(packet[TEXT_MAX - 1], '\n');
    ck_assert_int_eq(recv(ends[0], packet, sizeof packet, MSG_DONTWAIT), -1);
}
END_TEST

/* ---- a reader that does not read ---- */

/* Writes a line that is lost; returns soon, with errno unchanged. */
static void assert_loses_a_line(void)
{
    milliseconds before = clock_now();
    errno = ODD_ERROR;
    log_line(LOG_ERROR, "anybody?");
    ck_assert_int_eq(errno, ODD_ERROR);
    ck_assert_int_lt(clock_now() - before, PATIENCE);
}

static void fill(int fd)
{
    static const char bytes[PATH_MAX];
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (write(fd, bytes, sizeof bytes) > 0)
        ;
    while (write(fd, bytes, 1) > 0)
        ;
    ck_assert_int_eq(errno, EAGAIN);
    fcntl(fd, F_SETFL, flags);
}

static void lose_a_line_in_a_full_pipe(int flags)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, flags), 0);
    fill(ends[1]);
    become_stderr(ends[1]);
    assert_loses_a_line();
    ck_assert_int_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK,
                     flags); /* it is others' too, and left as it is */
}

START_TEST(a_full_pipe)
{
    lose_a_line_in_a_full_pipe(0);
}
END_TEST

START_TEST(a_full_pipe_that_does_not_block)
{
    lose_a_line_in_a_full_pipe(O_NONBLOCK);
}
END_TEST

START_TEST(a_stopped_terminal)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_eq(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ne(terminal, -1);
    ck_assert_int_eq(tcflow(terminal, TCOOFF), 0);
    become_stderr(terminal);
    assert_loses_a_line();
}
END_TEST

/* ---- a terminal with room for less than a line ---- */

enum { MOST_LINES = 50, LONG = 1900 };

static int terminal_master, terminal_slave;

static void make_terminal(void)
{
    terminal_master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_eq(unlockpt(terminal_master), 0);
    terminal_slave = open(ptsname(terminal_master), O_RDWR | O_NOCTTY);
    ck_assert_int_ne(terminal_slave, -1);
}

/* Writes until it takes no more bytes; then reads until poll(2) reports it as writable. */
static void leave_room(size_t room)
{
    char bytes[4 * LONG];
    struct pollfd writable = {.fd = terminal_slave, .events = POLLOUT};
    fill(terminal_slave);
    ssize_t got = read(terminal_master, bytes, room);
    while (got > 0 && poll(&writable, 1, 0) == 0)
        got = read(terminal_master, bytes, 1);
    ck_assert_int_gt(got, 0);
}

/* A line as long as that, and a short one; neither holds us up, whatever is free. */
static void say_into_too_little_room(void)
{
    static char words[LONG + 1];
    memset(words, 'x', LONG);
    become_stderr(terminal_slave);
    int flags = fcntl(STDERR_FILENO, F_GETFL);
    for (size_t room = 1; room < 2 * LONG; room = room * 3 / 2 + 1) {
        milliseconds before = clock_now();
        leave_room(room);
        log_line(LOG_ERROR, "%s", words);
        assert_loses_a_line();
        ck_assert_int_lt(clock_now() - before, PATIENCE);
    }
    ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL), flags);
}

START_TEST(a_terminal_that_is_nearly_full)
{
    make_terminal();
    say_into_too_little_room();
}
END_TEST

/* It cannot be opened once more. */
START_TEST(a_terminal_that_is_nearly_full_and_no_proc)
{
    int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    make_terminal();
    if (chroot(".") == -1)
        return; /* not root */
    say_into_too_little_room();
    ck_assert_int_eq(fchdir(root), 0);
    ck_assert_int_eq(chroot("."), 0);
}
END_TEST

static void raw(int terminal)
{
    struct termios settings;
    ck_assert_int_eq(tcgetattr(terminal, &settings), 0);
    cfmakeraw(&settings);
    ck_assert_int_eq(tcsetattr(terminal, TCSANOW, &settings), 0);
}

/* Reads until the last word has come; returns how many bytes of x there were. Of earlier bytes only
 * a possible beginning of the word is kept, because another process writes without end. */
static size_t drain_to(const char *last)
{
    static char bytes[1 << 16];
    size_t kept = 0, count = 0;
    for (;;) {
        ssize_t got = read(terminal_master, bytes + kept, sizeof bytes - kept);
        ck_assert_int_gt(got, 0);
        for (ssize_t i = 0; i < got; i++)
            count += bytes[kept + (size_t)i] == 'x';
        kept += (size_t)got;
        if (memmem(bytes, kept, last, strlen(last)) != NULL)
            return count;
        size_t begin = kept < strlen(last) ? kept : strlen(last) - 1;
        memmove(bytes, bytes + kept - begin, begin);
        kept = begin;
    }
}

/* The reader is alive: the line comes whole, though in two pieces. */
START_TEST(a_terminal_that_is_nearly_full_and_read)
{
    static char words[LONG + 1];
    memset(words, 'x', LONG);
    make_terminal();
    raw(terminal_slave);
    leave_room(1);
    pid_t pid = fork_bound();
    if (pid == 0) {
        become_stderr(terminal_slave);
        log_line(LOG_ERROR, "%s", words);
        log_line(LOG_ERROR, "last");
        _exit(EXIT_SUCCESS);
    }
    ck_assert_uint_eq(drain_to("last"), LONG);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* Another process writes all the time: no line is lost for that. */
START_TEST(a_terminal_that_another_writes_to)
{
    make_terminal();
    raw(terminal_slave);
    pid_t talker = fork_bound();
    while (talker == 0)
        if (write(terminal_slave, ".............................\n", 30) == -1)
            _exit(EXIT_FAILURE);
    pid_t pid = fork_bound();
    if (pid == 0) {
        become_stderr(terminal_slave);
        for (int i = 0; i < MOST_LINES; i++)
            log_line(LOG_ERROR, "x");
        log_line(LOG_ERROR, "last");
        _exit(EXIT_SUCCESS);
    }
    ck_assert_uint_eq(drain_to("last"), MOST_LINES);
    kill(talker, SIGKILL);
}
END_TEST

/* ---- a broken stderr ---- */

START_TEST(a_full_socket)
{
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    fill(ends[1]);
    become_stderr(ends[1]);
    assert_loses_a_line();
}
END_TEST

START_TEST(a_reader_that_has_gone)
{
    int ends[2];
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    become_stderr(ends[1]);
    assert_loses_a_line();
}
END_TEST

START_TEST(no_stderr)
{
    close(STDERR_FILENO);
    assert_loses_a_line();
}
END_TEST

START_TEST(a_stderr_that_cannot_be_written_to)
{
    become_stderr(open("/dev/null", O_RDONLY));
    assert_loses_a_line();
    become_stderr(open("/dev/full", O_WRONLY));
    assert_loses_a_line();
}
END_TEST

START_TEST(a_line_that_is_written_keeps_errno_too)
{
    hear_stderr();
    assert_loses_a_line();
    ck_assert_str_eq(heard(), "foster: anybody?\n");
}
END_TEST

int main(void)
{
    return RUN_TESTS("log", each_level_includes_those_above, silent_by_default, a_line_in_pieces,
                     a_line_is_one_write, a_full_pipe, a_full_pipe_that_does_not_block,
                     a_stopped_terminal, a_terminal_that_is_nearly_full,
                     a_terminal_that_is_nearly_full_and_no_proc,
                     a_terminal_that_is_nearly_full_and_read, a_terminal_that_another_writes_to,
                     a_full_socket, a_reader_that_has_gone, no_stderr,
                     a_stderr_that_cannot_be_written_to, a_line_that_is_written_keeps_errno_too);
}
