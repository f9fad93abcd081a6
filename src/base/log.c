/* log.c - see log.h. Allocates nothing; the level is set once, before there is a second thread. */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

/* How long a full pipe or a stopped terminal may hold us up: once. From then on nobody reads, and we do not wait at all
 * until a line has been taken again. */
enum { PATIENCE_MS = 100 };
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

/* False for a reader that takes nothing now: full, or stopped by Ctrl-S. A closed one takes the write and fails it. */
static bool takes_a_line(int fd)
{
    struct pollfd log = {.fd = fd, .events = POLLOUT};
    bool taken = poll(&log, 1, patience) > 0;
    patience = taken ? PATIENCE_MS : 0;
    return taken;
}

void log_write(int fd, struct text *line)
{
    int saved = errno;
    line->bytes[line->length] = '\n'; /* where the NUL is */
    if (takes_a_line(fd) && write(fd, line->bytes, line->length + 1) == -1)
        (void)errno; /* nobody is left to tell */
    line->bytes[line->length] = '\0';
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
