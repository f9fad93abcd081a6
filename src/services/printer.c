/* printer.c - see printer.h. */
#include "services/printer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

enum { REST_MS = 20 };

/* ---- bytes ---- */

/* The descriptor is shared with the programs we run, and one of them may have made it non-blocking. Any other error is
 * of a reader who is gone or a disk that is full: the services are not to wait for that. */
static void write_all(int to, const char *bytes, size_t length)
{
    for (bool again = false; length > 0;) {
        ssize_t written = write(to, bytes, length);
        if (written == -1 && errno != EAGAIN && errno != EINTR)
            return;
        if (written == -1) {
            poll(&(struct pollfd){.fd = to, .events = POLLOUT}, 1, -1);
            poll(NULL, 0, again ? REST_MS : 0); /* another who writes was faster, or it cannot be */
        } else {
            bytes += written;
            length -= (size_t)written;
        }
        again = written == -1;
    }
}

/* Writes the lines that have their end, and moves what has begun to the front; a line that fills everything goes out
 * in parts. */
static void make_space(struct printer *printer)
{
    size_t gone = printer->whole > 0 ? printer->whole : printer->filled;
    write_all(printer->to, printer->bytes, gone);
    printer->filled -= gone;
    printer->whole = 0;
    memmove(printer->bytes, printer->bytes + gone, printer->filled);
}

static void put(struct printer *printer, const char *bytes, size_t length)
{
    while (length > 0) {
        if (printer->filled == sizeof printer->bytes)
            make_space(printer);
        size_t room = sizeof printer->bytes - printer->filled, part = length < room ? length : room;
        memcpy(printer->bytes + printer->filled, bytes, part);
        printer->filled += part;
        bytes += part;
        length -= part;
    }
}

static void put_string(struct printer *printer, const char *string)
{
    put(printer, string, strlen(string));
}

/* ---- the forms of a line ---- */

/* NAME | line */
static void put_prefix(struct printer *printer, const char *name, size_t order)
{
    static const char colours[][sizeof "\033[3xm"] = {"\033[36m", "\033[33m", "\033[32m",
                                                      "\033[35m", "\033[34m", "\033[31m"};
    if (printer->is_coloured)
        put_string(printer, colours[order % (sizeof colours / sizeof *colours)]);
    put_string(printer, name);
    for (size_t column = strlen(name); column < printer->width; column++)
        put(printer, " ", 1);
    put_string(printer, printer->is_coloured ? " | \033[0m" : " | ");
}

/* Writes the digits of a number over the zeros before that point. */
static void set_digits(char *end, long number)
{
    enum { BASE = 10 };
    for (; number > 0; number /= BASE)
        *--end = (char)('0' + number % BASE);
}

static void put_time(struct printer *printer)
{
    enum { FIRST_YEAR = 1900, NS_PER_MS = 1000000 };
    static const unsigned char ends[] = {4, 7, 10, 13, 16, 19, 23};
    char stamp[] = "0000-00-00T00:00:00.000Z"; /* RFC 3339 */
    struct tm at;
    gmtime_r(&printer->now.tv_sec, &at);
    const long numbers[sizeof ends] = {
        at.tm_year + FIRST_YEAR,         at.tm_mon + 1, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec,
        printer->now.tv_nsec / NS_PER_MS};
    for (size_t i = 0; i < sizeof ends; i++)
        set_digits(stamp + ends[i], numbers[i]);
    put_string(printer, stamp);
}

static void put_escaped(struct printer *printer, const char *bytes, size_t length)
{
    struct json_rest rest = {.bytes = bytes, .length = length};
    const char *piece;
    while ((length = json_next(&rest, &piece)) > 0)
        put(printer, piece, length);
}

/* {"time":"2026-11-23T18:00:00.123Z","service":"web","message":"..."} */
static void put_object(struct printer *printer, const char *name, const char *bytes, size_t length)
{
    put_string(printer, "{\"time\":\"");
    put_time(printer);
    put_string(printer, "\",\"service\":\"");
    put_escaped(printer, name, strlen(name));
    put_string(printer, "\",\"message\":\"");
    put_escaped(printer, bytes, length);
    put_string(printer, "\"}");
}

/* ---- what others call ---- */

void printer_begin(struct printer *printer, int to)
{
    const char *no_colour = getenv("NO_COLOR"); /* NOLINT(concurrency-mt-unsafe): nobody sets variables */
    printer->to = to;
    printer->is_coloured = isatty(to) && (no_colour == NULL || *no_colour == '\0');
}

void printer_make_room(struct printer *printer, const char *name)
{
    size_t width = strlen(name);
    if (printer->width < width)
        printer->width = width;
}

void printer_set_time(struct printer *printer)
{
    clock_gettime(CLOCK_REALTIME, &printer->now);
}

void printer_line(struct printer *printer, const struct service *service, size_t order, const char *bytes,
                  size_t length)
{
    if (service->settings->output == OUTPUT_JSON) {
        put_object(printer, service->name, bytes, length);
    } else {
        put_prefix(printer, service->name, order);
        put(printer, bytes, length);
    }
    put(printer, "\n", 1);
    printer->whole = printer->filled;
}

void printer_flush(struct printer *printer)
{
    write_all(printer->to, printer->bytes, printer->filled);
    printer->filled = printer->whole = 0;
}
