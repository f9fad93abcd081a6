/* format.c - see format.h. */
#include "logs/format.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

/* ---- bytes ---- */

/* Writes the lines that are complete, and moves the beginning of the next line to the front. A line
 * that fills all the room is written in parts. */
static void make_space(struct format *format)
{
    size_t gone = format->whole > 0 ? format->whole : format->filled;
    file_write_all(format->to, format->bytes, gone);
    format->filled -= gone;
    format->whole = 0;
    memmove(format->bytes, format->bytes + gone, format->filled);
}

static void put(struct format *format, const char *bytes, size_t length)
{
    while (length > 0) {
        if (format->filled == sizeof format->bytes)
            make_space(format);
        size_t room = sizeof format->bytes - format->filled, part = length < room ? length : room;
        memcpy(format->bytes + format->filled, bytes, part);
        format->filled += part;
        bytes += part;
        length -= part;
    }
}

static void put_string(struct format *format, const char *string)
{
    put(format, string, strlen(string));
}

/* ---- the forms of a line ---- */

/* NAME | line */
static void put_prefix(struct format *format, const char *name, size_t order)
{
    static const char colours[][sizeof "\033[3xm"] = {"\033[36m", "\033[33m", "\033[32m",
                                                      "\033[35m", "\033[34m", "\033[31m"};
    if (format->is_coloured)
        put_string(format, colours[order % (sizeof colours / sizeof *colours)]);
    put_string(format, name);
    for (size_t column = strlen(name); column < format->width; column++)
        put(format, " ", 1);
    put_string(format, format->is_coloured ? " | \033[0m" : " | ");
}

/* Writes the digits of a number over the zeros before `end`. */
static void set_digits(char *end, long number)
{
    enum { BASE = 10 };
    for (; number > 0; number /= BASE)
        *--end = (char)('0' + number % BASE);
}

static void put_time(struct format *format)
{
    enum { FIRST_YEAR = 1900 };
    static const unsigned char ends[] = {4, 7, 10, 13, 16, 19, 23};
    char stamp[] = "0000-00-00T00:00:00.000Z"; /* RFC 3339 */
    struct tm at;
    gmtime_r(&format->now.tv_sec, &at);
    const long numbers[sizeof ends] = {
        at.tm_year + FIRST_YEAR,        at.tm_mon + 1, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec,
        format->now.tv_nsec / NS_PER_MS};
    for (size_t i = 0; i < sizeof ends; i++)
        set_digits(stamp + ends[i], numbers[i]);
    put_string(format, stamp);
}

static void put_escaped(struct format *format, const char *bytes, size_t length)
{
    struct json_rest rest = {.bytes = bytes, .length = length};
    const char *piece;
    while ((length = json_next(&rest, &piece)) > 0)
        put(format, piece, length);
}

/* {"time":"2026-11-23T18:00:00.123Z","service":"web","message":"..."} */
static void put_object(struct format *format, const char *name, const char *bytes, size_t length)
{
    put_string(format, "{\"time\":\"");
    put_time(format);
    put_string(format, "\",\"service\":\"");
    put_escaped(format, name, strlen(name));
    put_string(format, "\",\"message\":\"");
    put_escaped(format, bytes, length);
    put_string(format, "\"}");
}

/* ---- the module's functions ---- */

void format_begin(struct format *format, int to)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread sets variables */
    const char *no_colour = getenv("NO_COLOR");
    format->to = to;
    format->is_coloured = isatty(to) && (no_colour == NULL || *no_colour == '\0');
}

void format_make_room(struct format *format, const char *name)
{
    size_t width = strlen(name);
    if (format->width < width)
        format->width = width;
}

void format_set_time(struct format *format)
{
    clock_gettime(CLOCK_REALTIME, &format->now);
}

void format_line(struct format *format, const char *name, enum output output, size_t order,
                 const char *bytes, size_t length)
{
    if (output == OUTPUT_JSON) {
        put_object(format, name, bytes, length);
    } else {
        put_prefix(format, name, order);
        put(format, bytes, length);
    }
    put(format, "\n", 1);
    format->whole = format->filled;
}

void format_flush(struct format *format)
{
    file_write_all(format->to, format->bytes, format->filled);
    format->filled = format->whole = 0;
}
